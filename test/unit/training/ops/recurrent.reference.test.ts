/** The reference op against a float64 loop: outputs, and every gradient by central differences of the loop. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { GATES } from '../../../../src/training/ops/cells.ts';
import { CELLS } from '../../../../src/training/ops/recurrent.ts';
import type { RecurrentAttributes } from '../../../../src/training/ops/recurrent.ts';
import { recurrentReference } from '../../../../src/training/ops/recurrent.reference.ts';
import { loop } from './loop.ts';
import type { LoopInputs } from './loop.ts';

const B = 3;
const T = 5;
const D = 2;
const U = 3;
const ARRAYS = ['x', 'kernel', 'recurrentKernel', 'bias', 'carryKernel'] as const;
/** Row 0 is masked in front, row 1 at the end and within, row 2 not at all. */
const MASK = [0, 0, 1, 1, 1, 1, 0, 1, 0, 0, 1, 1, 1, 1, 1];

/** A fixed sequence without structure, the same on every machine. */
function numbers(length: number, from: number): Float64Array {
  return Float64Array.from({ length }, (_, i) =>
    Math.fround(0.9 * Math.sin((i + from) * 12.9898) * Math.cos((i + 3 * from) * 4.1414)),
  );
}

function arrays(attributes: RecurrentAttributes): LoopInputs {
  const G = GATES[attributes.cell];
  const biasSize = attributes.cell === 'GRU' && attributes.resetAfter ? 2 * G * U : G * U;
  return {
    x: numbers(B * T * D, 1),
    kernel: numbers(D * G * U, 2),
    recurrentKernel: numbers(U * G * U, 3),
    bias: numbers(biasSize, 4),
    carryKernel: numbers(U * U, 5),
    mask: null,
  };
}

/** What is differentiated: the outputs weighted by fixed numbers. */
function objective(inputs: LoopInputs, attributes: RecurrentAttributes): number {
  const outputs = loop(inputs, attributes, { B, T, D });
  const weights = numbers(attributes.returnSequences ? B * T * U : B * U, 6);
  let sum = 0;
  for (let b = 0; b < B; b++) {
    for (let t = attributes.returnSequences ? 0 : T - 1; t < T; t++) {
      for (let u = 0; u < U; u++) {
        const at = attributes.returnSequences ? (b * T + t) * U + u : b * U + u;
        sum += outputs[(b * T + t) * U + u]! * weights[at]!;
      }
    }
  }
  return sum;
}

function differences(
  inputs: LoopInputs,
  attributes: RecurrentAttributes,
  name: (typeof ARRAYS)[number],
): number[] {
  const step = 1e-6;
  return Array.from(inputs[name], (value, i) => {
    const at = (x: number) => objective({ ...inputs, [name]: inputs[name].with(i, x) }, attributes);
    return (at(value + step) - at(value - step)) / (2 * step);
  });
}

function gradients(
  inputs: LoopInputs,
  attributes: RecurrentAttributes,
): { value: number; gradients: number[][] } {
  return tf.tidy(() => {
    const G = GATES[attributes.cell];
    const book = attributes.cell === 'BookLSTM';
    const shapes = [
      [B, T, D],
      [D, G * U],
      [U, G * U],
      inputs.bias.length > G * U ? [2, G * U] : [G * U],
      [U, U],
    ];
    const tensors = ARRAYS.map((name, i) => tf.tensor(Float32Array.from(inputs[name]), shapes[i]!));
    const mask = inputs.mask && tf.tensor2d([...inputs.mask], [B, T], 'int32');
    const weights = numbers(attributes.returnSequences ? B * T * U : B * U, 6);
    const f = (...[x, kernel, recurrentKernel, bias, carryKernel]: tf.Tensor[]) => {
      const given = {
        x,
        kernel,
        recurrentKernel,
        bias,
        carryKernel: book ? carryKernel : null,
        mask,
      } as Parameters<typeof recurrentReference>[0];
      const output = recurrentReference(given, attributes);
      return tf.sum(tf.mul(tf.reshape(output, [-1]), tf.tensor1d(Float32Array.from(weights)))) as tf.Scalar;
    };
    const used = book ? tensors : tensors.slice(0, 4);
    const { value, grads } = tf.valueAndGrads(f)(used);
    return { value: value.dataSync()[0]!, gradients: grads.map((g) => Array.from(g.dataSync())) };
  });
}

function expectAgreement(attributes: RecurrentAttributes, mask: readonly number[] | null) {
  const inputs = { ...arrays(attributes), mask };
  const computed = gradients(inputs, attributes);
  expect(Math.abs(computed.value - objective(inputs, attributes))).toBeLessThan(2e-6);
  computed.gradients.forEach((gradient, i) => {
    const expected = differences(inputs, attributes, ARRAYS[i]!);
    const largest = Math.max(...expected.map(Math.abs));
    const error = Math.max(...expected.map((value, k) => Math.abs(value - gradient[k]!)));
    expect(error / largest, `gradient of ${ARRAYS[i]}`).toBeLessThan(2e-5);
  });
}

const base = {
  units: U,
  activation: 'tanh',
  recurrentActivation: 'sigmoid',
  returnSequences: true,
  goBackwards: false,
  resetAfter: true,
  outputSees: 'old',
} as const;

describe('the reference of the op recurrent', () => {
  beforeAll(() => tf.setBackend('cpu'));

  describe.each(CELLS)('%s', (cell) => {
    it.each([true, false])(
      'agrees with the loop in value and gradients, sequences returned: %s',
      (returnSequences) => {
        expectAgreement({ ...base, cell, returnSequences }, null);
      },
    );
    it('repeats the state at masked steps', () => expectAgreement({ ...base, cell }, MASK));
    it('reads backwards, masked', () =>
      expectAgreement({ ...base, cell, goBackwards: true, returnSequences: false }, MASK));
    it('takes other activations', () => {
      expectAgreement({ ...base, cell, activation: 'softsign', recurrentActivation: 'tanh' }, null);
    });
  });

  it('applies the reset gate of GRU before the product when asked', () => {
    expectAgreement({ ...base, cell: 'GRU', resetAfter: false }, MASK);
  });
  it('lets the output gate of BookLSTM see the new carry when asked', () => {
    expectAgreement({ ...base, cell: 'BookLSTM', outputSees: 'new' }, MASK);
  });
});
