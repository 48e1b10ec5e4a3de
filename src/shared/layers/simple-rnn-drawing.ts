import { activationSign, layer, rail, value, wire, type CellDrawing } from './drawing.ts';

export function simpleRnnDrawing(activation: string): CellDrawing {
  return {
    title: 'One step of a SimpleRNN: input and last output go through one layer, which is the new output.',
    width: 360,
    height: 170,
    wires: [rail('M84 120 V64', 'h'), wire('M44 64 H148', 'h'), wire('M208 64 H308', 'h')],
    symbols: [
      value('h', 't−1', [22, 64], 'h'),
      value('x', 't', [84, 138], 'h'),
      layer(activationSign(activation), [178, 64], 'h'),
      value('h', 't', [330, 64], 'h'),
    ],
  };
}
