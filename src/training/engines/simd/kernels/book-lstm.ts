/**
 * The lecture's LSTM: i, f = sigmoid(z_i, z_f); k = tanh(z_k); c_t = i k + c_(t-1) f; and the output is computed from the
 * carry before this step: h_t = tanh(z_o + c_(t-1) V). Gates in the order i, f, k, o; `z_o` has the carry's part in it.
 */
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

  forward(w, units, { z, carry, nextCarry, nextState }) {
    const block = (index: number) => index * units * 4;
    const input = sigmoid(w, w.load(z, block(0)));
    const forget = sigmoid(w, w.load(z, block(1)));
    const candidate = tanh(w, w.load(z, block(2)));
    const c = w.madd(forget, w.load(carry), w.mul(input, candidate));
    const h = tanh(w, w.load(z, block(3)));
    [input, forget, candidate].forEach((value, index) => w.store(z, value, block(index)));
    w.store(nextCarry, c);
    w.store(nextState, h);
  },

  backward(w, units, { z, carry, nextState, dState, dCarry }) {
    const block = (index: number) => index * units * 4;
    const load = (index: number) => w.load(z, block(index));
    const [input, forget, candidate] = [load(0), load(1), load(2)];
    const dc = w.load(dCarry);
    const dInput = w.mul(w.mul(dc, candidate), sigmoidSlope(w, input));
    const dForget = w.mul(w.mul(dc, w.load(carry)), sigmoidSlope(w, forget));
    const dCandidate = w.mul(w.mul(dc, input), tanhSlope(w, candidate));
    const dOutput = w.mul(w.load(dState), tanhSlope(w, w.load(nextState)));
    const dBefore = w.mul(dc, forget);
    [dInput, dForget, dCandidate, dOutput].forEach((value, index) => w.store(z, value, block(index)));
    w.store(dCarry, dBefore);
  },
};
