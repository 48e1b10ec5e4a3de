/**
 * GRU with reset_after (Keras's default, cuDNN's form): z, r = sigmoid(z_z, z_r); g = tanh(x_g + r h_g) with
 * h_g = h_(t-1) R_g + its bias; h_t = z h_(t-1) + (1 - z) g. Blocks z, r, h_g, x_g: W has nothing in the third, R nothing in
 * the fourth, so that one product serves. Forward leaves z, r, h_g, g.
 */
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

  forward(w, units, { z, state, nextState }) {
    const block = (index: number) => index * units * 4;
    const update = sigmoid(w, w.load(z, block(0)));
    const reset = sigmoid(w, w.load(z, block(1)));
    const candidate = tanh(w, w.madd(reset, w.load(z, block(2)), w.load(z, block(3))));
    const h = w.madd(update, w.sub(w.load(state), candidate), candidate);
    w.store(z, update, block(0));
    w.store(z, reset, block(1));
    w.store(z, candidate, block(3));
    w.store(nextState, h);
  },

  backward(w, units, { z, state, dState }) {
    const block = (index: number) => index * units * 4;
    const load = (index: number) => w.load(z, block(index));
    const [update, reset, fromState, candidate] = [load(0), load(1), load(2), load(3)];
    const dh = w.load(dState);
    const toUpdate = w.mul(dh, w.sub(w.load(state), candidate));
    const toCandidate = w.mul(dh, w.sub(w.constant(1), update));
    const dCandidate = w.mul(toCandidate, tanhSlope(w, candidate));
    const dUpdate = w.mul(toUpdate, sigmoidSlope(w, update));
    const dReset = w.mul(w.mul(dCandidate, fromState), sigmoidSlope(w, reset));
    const dFromState = w.mul(dCandidate, reset);
    const dBefore = w.mul(dh, update);
    [dUpdate, dReset, dFromState, dCandidate].forEach((value, index) => w.store(z, value, block(index)));
    w.store(dState, dBefore);
  },
};
