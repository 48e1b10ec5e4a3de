/** The state runs along the top; the update gate mixes it with the candidate, which sees as much of it as the reset gate lets. */
import {
  activationSign,
  branch,
  branchRail,
  layer,
  operation,
  rail,
  value,
  wire,
  type CellDrawing,
} from './drawing.ts';

export function gruDrawing(
  activation: string,
  recurrentActivation: string,
  resetAfter: boolean,
): CellDrawing {
  const [act, gate] = [activationSign(activation), activationSign(recurrentActivation)];
  return {
    title:
      'One step of a GRU: the reset gate decides what of the state the candidate sees, the update gate mixes state and candidate.',
    width: 540,
    height: 320,
    wires: [
      wire('M44 50 H496', 'h'),
      branchRail('M64 50 V256 H260', 'r', 'z'),
      rail('M104 286 V256', 'r', 'z'),
      wire('M150 256 V219', 'r'),
      wire('M260 256 V219', 'z'),
      branch('M104 276 H410 V219', 'g'),
      ...(resetAfter
        ? [branch('M205 50 V81', 'g'), wire('M205 117 V137', 'g')]
        : [branch('M205 50 V137', 'g')]),
      wire('M150 182 V150 H192', 'r', 'g'),
      wire('M218 150 H335 V200 H379', 'g'),
      wire('M260 182 V63', 'z', 'h'),
      branch('M260 100 H312', 'h'),
      wire('M358 100 H397', 'h'),
      wire('M410 182 V113', 'g', 'h'),
      wire('M410 87 V63', 'h'),
    ],
    symbols: [
      value('h', 't−1', [22, 50], 'h', 'r', 'z', 'g'),
      value('h', 't', [518, 50], 'h'),
      value('x', 't', [104, 302], 'r', 'z', 'g'),
      layer(gate, [150, 200], 'r'),
      layer(gate, [260, 200], 'z'),
      layer(act, [410, 200], 'g'),
      ...(resetAfter ? [layer('R', [205, 100], 'g')] : []),
      operation('×', [205, 150], 'g'),
      operation('×', [260, 50], 'h'),
      operation('1 −', [335, 100], 'h'),
      operation('×', [410, 100], 'h'),
      operation('+', [410, 50], 'h'),
    ],
  };
}
