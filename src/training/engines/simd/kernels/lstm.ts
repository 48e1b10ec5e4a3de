/**
 * i, f, o = sigmoid(z_i, z_f, z_o); g = tanh(z_c); c_t = f c_(t-1) + i g; h_t = o tanh(c_t). Gates in Keras's order i, f, c, o.
 * Forward leaves the activated gates for backward, which computes tanh(c_t) again rather than reading it.
 */
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

  forward(w, units, { z, carry, nextCarry, nextState }) {
    const gate = (index: number) => index * units * 4;
    const input = sigmoid(w, w.load(z, gate(0)));
    const forget = sigmoid(w, w.load(z, gate(1)));
    const candidate = tanh(w, w.load(z, gate(2)));
    const output = sigmoid(w, w.load(z, gate(3)));
    const c = w.madd(forget, w.load(carry), w.mul(input, candidate));
    const h = w.mul(output, tanh(w, c));
    [input, forget, candidate, output].forEach((value, index) => w.store(z, value, gate(index)));
    w.store(nextCarry, c);
    w.store(nextState, h);
  },

  backward(w, units, { z, carry, nextCarry, dState, dCarry }) {
    const gate = (index: number) => index * units * 4;
    const load = (index: number) => w.load(z, gate(index));
    const [input, forget, candidate, output] = [load(0), load(1), load(2), load(3)];
    const dh = w.load(dState);
    const squashed = tanh(w, w.load(nextCarry));
    const throughOutput = w.mul(w.mul(dh, output), tanhSlope(w, squashed));
    const dc = w.add(w.load(dCarry), throughOutput);
    const dOutput = w.mul(w.mul(dh, squashed), sigmoidSlope(w, output));
    const dInput = w.mul(w.mul(dc, candidate), sigmoidSlope(w, input));
    const dForget = w.mul(w.mul(dc, w.load(carry)), sigmoidSlope(w, forget));
    const dCandidate = w.mul(w.mul(dc, input), tanhSlope(w, candidate));
    const dBefore = w.mul(dc, forget);
    [dInput, dForget, dCandidate, dOutput].forEach((value, index) => w.store(z, value, gate(index)));
    w.store(dCarry, dBefore);
  },
};
