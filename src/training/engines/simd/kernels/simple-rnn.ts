/** h_t = tanh(z), z = x_t W + h_(t-1) R + b. Backward: dz = dh (1 - h_t^2). */
import { tanh, tanhSlope } from '../vector-math.ts';
import type { CellKernel } from './cell.ts';

export const simpleRnn: CellKernel = {
  blocks: 1,
  kernelBlocks: [0],
  recurrentBlocks: [0],
  hasCarry: false,
  handsStateOn: false,
  carryBlock: null,
  inPlace: true,

  forward(w, _units, { nextState }) {
    w.store(nextState, tanh(w, w.load(nextState)));
  },

  backward(w, _units, { z, nextState, dState }) {
    w.store(z, w.mul(w.load(dState), tanhSlope(w, w.load(nextState))));
  },
};
