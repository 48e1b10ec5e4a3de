/** LSTM and Book LSTM: the carry runs along the top, input and state along the bottom, the gates stand between them. */
import {
  activationSign,
  branch,
  layer,
  operation,
  rail,
  value,
  wire,
  type CellDrawing,
  type DrawnSymbol,
  type DrawnWire,
} from './drawing.ts';

/** A gate: what it is called in the equations, what stands in its box, and where. */
type Gate = readonly [part: string, sign: string, x: number];

/** What both have in common: input and state reach all four gates; the first three make the new carry. */
function carryPart(gates: readonly [forget: Gate, input: Gate, candidate: Gate, output: Gate]): {
  wires: DrawnWire[];
  symbols: DrawnSymbol[];
} {
  const all = gates.map(([part]) => part);
  const [forget, input, candidate] = all as [string, string, string];
  const wires = [
    rail('M44 246 H350', ...all),
    rail('M84 274 V246', ...all),
    ...gates.map(([part, , x]) => wire(`M${x} 246 V209`, part)),
    wire('M44 50 H476', 'c'),
    wire('M130 172 V63', forget, 'c'),
    wire('M200 172 V116 H257', input, 'c'),
    wire('M270 172 V129', candidate, 'c'),
    wire('M270 103 V63', 'c'),
  ];
  const symbols = [
    value('c', 't−1', [22, 50], 'c'),
    value('c', 't', [498, 50], 'c'),
    value('h', 't−1', [22, 246], ...all),
    value('x', 't', [84, 290], ...all),
    ...gates.map(([part, sign, x]) => layer(sign, [x, 190], part)),
    operation('×', [130, 50], 'c'),
    operation('×', [270, 116], 'c'),
    operation('+', [270, 50], 'c'),
  ];
  return { wires, symbols };
}

export function lstmDrawing(activation: string, recurrentActivation: string): CellDrawing {
  const [act, gate] = [activationSign(activation), activationSign(recurrentActivation)];
  const { wires, symbols } = carryPart([
    ['f', gate, 130],
    ['i', gate, 200],
    ['g', act, 270],
    ['o', gate, 350],
  ]);
  return {
    title:
      'One step of an LSTM: forget gate, input gate and candidate make the new carry; the output gate shows some of it.',
    width: 520,
    height: 310,
    wires: [
      ...wires,
      branch('M430 50 V86', 'h'),
      wire('M430 114 V138', 'h'),
      wire('M350 172 V151 H417', 'o', 'h'),
      wire('M430 164 V246 H476', 'h'),
    ],
    symbols: [
      ...symbols,
      operation(act, [430, 100], 'h'),
      operation('×', [430, 151], 'h'),
      value('h', 't', [498, 246], 'h'),
    ],
  };
}

export function bookLstmDrawing(
  activation: string,
  recurrentActivation: string,
  sees: 'old' | 'new',
): CellDrawing {
  const [act, gate] = [activationSign(activation), activationSign(recurrentActivation)];
  const { wires, symbols } = carryPart([
    ['f', gate, 130],
    ['i', gate, 200],
    ['k', act, 270],
    ['h', act, 350],
  ]);
  const seen = sees === 'old' ? 'M70 50 V18 H350 V171' : 'M350 50 V171';
  return {
    title: `One step of the Book LSTM: two gates and a candidate make the new carry; the output is a layer of its own, which also sees the ${sees} carry.`,
    width: 520,
    height: 310,
    wires: [...wires, branch(seen, 'h'), wire('M380 190 H430 V246 H476', 'h')],
    symbols: [...symbols, value('h', 't', [498, 246], 'h')],
  };
}
