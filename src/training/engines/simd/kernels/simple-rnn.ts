/** h_t = tanh(z), z = x_t W + h_(t-1) R + b. Backward: dz = dh (1 - h_t^2). */
import { f32x4, v128 } from '../assembler.ts';
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

  forward(f, _units, { nextState }) {
    f.storeVector(nextState, tanh(f, v128.load(nextState)));
  },

  backward(f, _units, { z, nextState, dState }) {
    const h = f.local('v128', v128.load(nextState));
    f.storeVector(z, f32x4.mul(v128.load(dState), tanhSlope(f, h)));
  },
};
