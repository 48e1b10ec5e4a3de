/**
 * GRU with reset_after (Keras's default, cuDNN's form): z, r = sigmoid(z_z, z_r); g = tanh(x_g + r h_g) with
 * h_g = h_(t-1) R_g + its bias; h_t = z h_(t-1) + (1 - z) g. Blocks z, r, h_g, x_g: W has nothing in the third, R nothing in
 * the fourth, so that one product serves. Forward leaves z, r, h_g, g.
 */
import { f32x4, v128 } from '../assembler.ts';
import { sigmoid, sigmoidSlope, tanh, tanhSlope } from '../vector-math.ts';
import type { CellKernel } from './cell.ts';

export const gru: CellKernel = {
  blocks: 4,
  kernelBlocks: [0, 1, 3],
  recurrentBlocks: [0, 1, 2],
  hasCarry: false,
  handsStateOn: true,
  carryBlock: null,
  inPlace: false,

  forward(f, units, { z, state, nextState }) {
    const block = (index: number) => index * units * 4;
    const update = sigmoid(f, v128.load(z, block(0)));
    const reset = sigmoid(f, v128.load(z, block(1)));
    const candidate = tanh(f, f.madd(reset, v128.load(z, block(2)), v128.load(z, block(3))));
    f.storeVector(z, update, block(0));
    f.storeVector(z, reset, block(1));
    f.storeVector(z, candidate, block(3));
    f.storeVector(nextState, f.madd(update, f32x4.sub(v128.load(state), candidate), candidate));
  },

  backward(f, units, { z, state, dState }) {
    const block = (index: number) => index * units * 4;
    const load = (index: number) => f.local('v128', v128.load(z, block(index)));
    const [update, reset, fromState, candidate] = [load(0), load(1), load(2), load(3)];
    const dh = f.local('v128', v128.load(dState));
    const toUpdate = f32x4.mul(dh, f32x4.sub(v128.load(state), candidate));
    const toCandidate = f32x4.mul(dh, f32x4.sub(v128.const(1), update));
    const dCandidate = f.local('v128', f32x4.mul(toCandidate, tanhSlope(f, candidate)));
    f.storeVector(z, f32x4.mul(toUpdate, sigmoidSlope(f, update)), block(0));
    f.storeVector(z, f32x4.mul(f32x4.mul(dCandidate, fromState), sigmoidSlope(f, reset)), block(1));
    f.storeVector(z, f32x4.mul(dCandidate, reset), block(2));
    f.storeVector(z, dCandidate, block(3));
    f.storeVector(dState, f32x4.mul(dh, update));
  },
};
