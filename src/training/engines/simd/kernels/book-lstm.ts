/**
 * The lecture's LSTM: i, f = sigmoid(z_i, z_f); k = tanh(z_k); c_t = i k + c_(t-1) f; and the output is computed from the
 * carry before this step: h_t = tanh(z_o + c_(t-1) V). Gates in the order i, f, k, o; `z_o` has the carry's part in it.
 */
import { f32x4, v128 } from '../assembler.ts';
import { sigmoid, sigmoidSlope, tanh, tanhSlope } from '../vector-math.ts';
import type { CellKernel } from './cell.ts';

export const bookLstm: CellKernel = {
  blocks: 4,
  kernelBlocks: [0, 1, 2, 3],
  recurrentBlocks: [0, 1, 2, 3],
  hasCarry: true,
  handsStateOn: false,
  carryBlock: 3,
  inPlace: false,

  forward(f, units, { z, carry, nextCarry, nextState }) {
    const block = (index: number) => index * units * 4;
    const input = sigmoid(f, v128.load(z, block(0)));
    const forget = sigmoid(f, v128.load(z, block(1)));
    const candidate = tanh(f, v128.load(z, block(2)));
    [input, forget, candidate].forEach((value, index) => f.storeVector(z, value, block(index)));
    f.storeVector(nextCarry, f.madd(forget, v128.load(carry), f32x4.mul(input, candidate)));
    f.storeVector(nextState, tanh(f, v128.load(z, block(3))));
  },

  backward(f, units, { z, carry, nextState, dState, dCarry }) {
    const block = (index: number) => index * units * 4;
    const load = (index: number) => f.local('v128', v128.load(z, block(index)));
    const [input, forget, candidate] = [load(0), load(1), load(2)];
    const output = f.local('v128', v128.load(nextState));
    const dc = f.local('v128', v128.load(dCarry));
    f.storeVector(z, f32x4.mul(f32x4.mul(dc, candidate), sigmoidSlope(f, input)), block(0));
    f.storeVector(z, f32x4.mul(f32x4.mul(dc, v128.load(carry)), sigmoidSlope(f, forget)), block(1));
    f.storeVector(z, f32x4.mul(f32x4.mul(dc, input), tanhSlope(f, candidate)), block(2));
    f.storeVector(z, f32x4.mul(v128.load(dState), tanhSlope(f, output)), block(3));
    f.storeVector(dCarry, f32x4.mul(dc, forget));
  },
};
