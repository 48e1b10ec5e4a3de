/**
 * The optimizers' steps on this engine: one pass over a variable and its slots, in place, shared among the threads. While
 * they are at it, the main thread goes on to the next batch.
 */
import * as tf from '@tensorflow/tfjs-core';
import {
  UPDATE_KERNELS,
  supportUpdate,
  updatedTensors,
  type UpdateAttributes,
  type UpdatedTensors,
} from '../../ops/update.ts';
import { BACKEND, type SimdBackend } from './backend.ts';
import { TokenGradient } from './embedding.ts';
import { CONSTANTS, type UpdateForm, type UpdateName } from './kernels/update.ts';
import type { Modules } from './modules.ts';
import type { Task } from './tasks.ts';

/** Floats, and table rows, that make one task. */
const FLOATS = 16384;
const ROWS = 1024;

type Constants = Record<(typeof CONSTANTS)[number], number>;

/** Keras's hyperparameters as the kernels take them. */
function constants(
  name: UpdateName,
  attributes: UpdateAttributes,
  { gradientScale: scale, regularizer: { l1, l2 } }: UpdatedTensors,
): Constants {
  const { learningRate, alpha } = attributes;
  const own = { scale, l1, twoL2: 2 * l2 };
  const number = (key: string) => Number(attributes[key] ?? 0);
  if (name === 'adam') {
    return {
      learningRate: alpha,
      epsilon: number('epsilon'),
      rate1: 1 - number('beta_1'),
      rate2: 1 - number('beta_2'),
      ...own,
    };
  }
  return { learningRate, epsilon: number('epsilon'), rate1: number('rho'), rate2: 1 - number('rho'), ...own };
}

interface Addresses {
  variable: number;
  slot0: number;
  slot1: number;
  constants: number;
}

/** One step of the optimizer as tasks, and the memory these need until they are done. */
class Step {
  readonly #tasks: Task[] = [];
  readonly #backend: SimdBackend;
  readonly #modules: Modules;
  readonly #name: UpdateName;
  readonly #scratch: number[] = [];

  constructor(backend: SimdBackend, modules: Modules, name: UpdateName) {
    this.#backend = backend;
    this.#modules = modules;
    this.#name = name;
  }

  add({ variable, gradient, slots, regularizer: { l1, l2 } }: UpdatedTensors, values: Constants): void {
    const form: UpdateForm = { name: this.#name, regularized: l1 > 0 || l2 > 0 };
    const { arena } = this.#backend;
    const constantsAt = this.#allocate(CONSTANTS.length);
    CONSTANTS.forEach((constant, i) => (arena.f32[constantsAt / 4 + i] = values[constant]));
    const variableAt = this.#backend.address(variable);
    // A kernel without a second slot still walks a pointer for it.
    const [slot0 = variableAt, slot1 = variableAt] = slots.map((slot) => this.#backend.address(slot));
    const at: Addresses = { variable: variableAt, slot0, slot1, constants: constantsAt };
    const byToken = this.#backend.lazyOf(gradient, TokenGradient);
    if (byToken && byToken.columns % 4 === 0) this.#addRows(form, byToken, variable.shape[0]!, at);
    else this.#addFloats(form, gradient, at);
  }

  /** Begins the tasks, which change `tensors`; the memory is kept as long as they are at it. */
  begin(tensors: readonly tf.TensorInfo[]): void {
    this.#backend.change(tensors, this.#tasks);
    for (const at of this.#scratch) this.#backend.arena.free(at);
  }

  #allocate(words: number): number {
    const at = this.#backend.arena.allocate(words * 4);
    this.#scratch.push(at);
    return at;
  }

  #addFloats(form: UpdateForm, gradient: tf.TensorInfo, at: Addresses): void {
    const kernel = this.#modules.update(form);
    const from = this.#backend.address(gradient);
    const floats = tf.util.sizeFromShape(gradient.shape);
    for (let first = 0; first < floats; first += FLOATS) {
      const [offset, bytes] = [first * 4, Math.min(FLOATS, floats - first) * 4];
      const addresses = [at.variable, from, at.slot0, at.slot1].map((address) => address + offset);
      this.#tasks.push([kernel, ...addresses, at.constants, bytes]);
    }
  }

  /** Rows without a gradient read `zeros`; `rowOf` says which row of the gradient a table row takes. */
  #addRows(
    form: UpdateForm,
    { tokens, address, columns, stride }: TokenGradient,
    rows: number,
    at: Addresses,
  ): void {
    const { arena } = this.#backend;
    const kernel = this.#modules.rowUpdate(form, columns, stride);
    const zeros = this.#allocate(stride);
    const rowOf = this.#allocate(rows);
    arena.f32.fill(0, zeros / 4, zeros / 4 + stride);
    const numbers = arena.integers(rowOf, rows).fill(-1);
    for (let slot = 0; slot < tokens.length; slot++) numbers[tokens[slot]!] = slot;
    for (let from = 0; from < rows; from += ROWS) {
      const range = [from, Math.min(rows, from + ROWS)];
      this.#tasks.push([
        kernel,
        at.variable,
        rowOf,
        address,
        at.slot0,
        at.slot1,
        at.constants,
        zeros,
        ...range,
      ]);
    }
  }
}

export function registerUpdate(modules: Modules): void {
  supportUpdate(BACKEND, {
    config: (config) =>
      config.name === 'adam' || (config.momentum === 0 && !('centered' in config && config.centered)),
    regularizers: true,
  });
  for (const [name, kernelName] of Object.entries(UPDATE_KERNELS) as [UpdateName, string][]) {
    tf.registerKernel({
      kernelName,
      backendName: BACKEND,
      kernelFunc: ({ inputs, backend, attrs }) => {
        const attributes = attrs as unknown as UpdateAttributes;
        const step = new Step(backend as SimdBackend, modules, name);
        const targets = updatedTensors(inputs, attributes);
        for (const target of targets) step.add(target, constants(name, attributes, target));
        step.begin(targets.flatMap(({ variable, slots }) => [variable, ...slots]));
        return [];
      },
    });
  }
}
