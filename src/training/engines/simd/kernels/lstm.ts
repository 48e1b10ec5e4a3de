/**
 * i, f, o = sigmoid(z_i, z_f, z_o); g = tanh(z_c); c_t = f c_(t-1) + i g; h_t = o tanh(c_t). Gates in Keras's order i, f, c, o.
 * Forward leaves the activated gates for backward, which computes tanh(c_t) again rather than reading it.
 */
import { f32x4, v128 } from '../assembler.ts';
import { sigmoid, sigmoidSlope, tanh, tanhSlope } from '../vector-math.ts';
import type { CellKernel } from './cell.ts';

export const lstm: CellKernel = {
  blocks: 4,
  kernelBlocks: [0, 1, 2, 3],
  recurrentBlocks: [0, 1, 2, 3],
  hasCarry: true,
  handsStateOn: false,
  carryBlock: null,
  inPlace: false,

  forward(f, units, { z, carry, nextCarry, nextState }) {
    const gate = (index: number) => index * units * 4;
    const input = sigmoid(f, v128.load(z, gate(0)));
    const forget = sigmoid(f, v128.load(z, gate(1)));
    const candidate = tanh(f, v128.load(z, gate(2)));
    const output = sigmoid(f, v128.load(z, gate(3)));
    [input, forget, candidate, output].forEach((value, index) => f.storeVector(z, value, gate(index)));
    const c = f.local('v128', f.madd(forget, v128.load(carry), f32x4.mul(input, candidate)));
    f.storeVector(nextCarry, c);
    f.storeVector(nextState, f32x4.mul(output, tanh(f, c)));
  },

  backward(f, units, { z, carry, nextCarry, dState, dCarry }) {
    const gate = (index: number) => index * units * 4;
    const load = (index: number) => f.local('v128', v128.load(z, gate(index)));
    const [input, forget, candidate, output] = [load(0), load(1), load(2), load(3)];
    const dh = f.local('v128', v128.load(dState));
    const squashed = tanh(f, v128.load(nextCarry));
    const throughOutput = f32x4.mul(f32x4.mul(dh, output), tanhSlope(f, squashed));
    const dc = f.local('v128', f32x4.add(v128.load(dCarry), throughOutput));
    const dOutput = f32x4.mul(f32x4.mul(dh, squashed), sigmoidSlope(f, output));
    const dInput = f32x4.mul(f32x4.mul(dc, candidate), sigmoidSlope(f, input));
    const dForget = f32x4.mul(f32x4.mul(dc, v128.load(carry)), sigmoidSlope(f, forget));
    const dCandidate = f32x4.mul(f32x4.mul(dc, input), tanhSlope(f, candidate));
    f.storeVector(z, dInput, gate(0));
    f.storeVector(z, dForget, gate(1));
    f.storeVector(z, dCandidate, gate(2));
    f.storeVector(z, dOutput, gate(3));
    f.storeVector(dCarry, f32x4.mul(dc, forget));
  },
};
