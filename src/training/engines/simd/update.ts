/** The optimizers' steps on this engine: one pass over a variable and its slots, in place, shared among the threads. */
import * as tf from '@tensorflow/tfjs-core';
import { UPDATE_KERNELS, supportUpdate, type UpdateAttributes } from '../../ops/update.ts';
import { BACKEND, type SimdBackend } from './backend.ts';
import { TokenGradient } from './embedding.ts';
import { CONSTANTS, type UpdateName } from './kernels/update.ts';
import type { Modules } from './modules.ts';
import type { Task } from './pool.ts';

/** Floats, and table rows, that make one task. */
const FLOATS = 16384;
const ROWS = 1024;

type Constants = Record<(typeof CONSTANTS)[number], number>;

/** Keras's hyperparameters as the kernels take them. */
function constants(name: UpdateName, attributes: UpdateAttributes): Constants {
  const { learningRate, gradientScale: scale, alpha } = attributes;
  const number = (key: string) => Number(attributes[key] ?? 0);
  if (name === 'adam') {
    return {
      learningRate: alpha,
      epsilon: number('epsilon'),
      rate1: 1 - number('beta_1'),
      rate2: 1 - number('beta_2'),
      scale,
    };
  }
  return { learningRate, epsilon: number('epsilon'), rate1: number('rho'), rate2: 1 - number('rho'), scale };
}

interface Addresses {
  variable: number;
  slot0: number;
  slot1: number;
  constants: number;
}

function updateDense(
  backend: SimdBackend,
  modules: Modules,
  name: UpdateName,
  gradient: tf.TensorInfo,
  at: Addresses,
): Task[] {
  const kernel = modules.update(name);
  const from = backend.address(gradient);
  const floats = tf.util.sizeFromShape(gradient.shape);
  return Array.from({ length: Math.ceil(floats / FLOATS) }, (_, i) => {
    const offset = i * FLOATS * 4;
    const bytes = Math.min(FLOATS, floats - i * FLOATS) * 4;
    return [
      kernel,
      at.variable + offset,
      from + offset,
      at.slot0 + offset,
      at.slot1 + offset,
      at.constants,
      bytes,
    ];
  });
}

/** Rows without a gradient read `zeros`; `rowOf` says which row of the gradient a table row takes. */
function updateRows(
  backend: SimdBackend,
  modules: Modules,
  name: UpdateName,
  gradient: TokenGradient,
  rows: number,
  at: Addresses,
): void {
  const { arena, pool } = backend;
  const kernel = modules.rowUpdate(name, gradient.columns, gradient.stride);
  const zeros = arena.allocate(gradient.stride * 4);
  arena.floats(zeros, gradient.stride).fill(0);
  const rowOf = arena.allocate(rows * 4);
  const numbers = arena.integers(rowOf, rows).fill(-1);
  const { tokens } = gradient;
  for (let slot = 0; slot < tokens.length; slot++) numbers[tokens[slot]!] = slot;
  pool.run(
    Array.from({ length: Math.ceil(rows / ROWS) }, (_, i): Task => {
      const to = Math.min(rows, (i + 1) * ROWS);
      return [
        kernel,
        at.variable,
        rowOf,
        gradient.address,
        at.slot0,
        at.slot1,
        at.constants,
        zeros,
        i * ROWS,
        to,
      ];
    }),
  );
  arena.free(zeros);
  arena.free(rowOf);
}

function step(
  backend: SimdBackend,
  modules: Modules,
  name: UpdateName,
  inputs: tf.NamedTensorInfoMap,
  attributes: UpdateAttributes,
): void {
  const { variable, gradient, slot0, slot1 } = inputs as {
    variable: tf.TensorInfo;
    gradient: tf.TensorInfo;
    slot0?: tf.TensorInfo;
    slot1?: tf.TensorInfo;
  };
  const { arena, pool } = backend;
  const values = constants(name, attributes);
  const constantsAt = arena.allocate(CONSTANTS.length * 4);
  CONSTANTS.forEach((constant, i) => (arena.f32[constantsAt / 4 + i] = values[constant]));
  const variableAt = backend.address(variable);
  // A kernel without a second slot still walks a pointer for it.
  const at: Addresses = {
    variable: variableAt,
    slot0: slot0 ? backend.address(slot0) : variableAt,
    slot1: slot1 ? backend.address(slot1) : variableAt,
    constants: constantsAt,
  };
  const byToken = backend.lazyOf(gradient, TokenGradient);
  if (byToken && byToken.columns % 4 === 0)
    updateRows(backend, modules, name, byToken, variable.shape[0]!, at);
  else pool.run(updateDense(backend, modules, name, gradient, at));
  arena.free(constantsAt);
}

export function registerUpdate(modules: Modules): void {
  supportUpdate(
    BACKEND,
    (config) =>
      config.name === 'adam' || (config.momentum === 0 && !('centered' in config && config.centered)),
  );
  for (const [name, kernelName] of Object.entries(UPDATE_KERNELS) as [UpdateName, string][]) {
    tf.registerKernel({
      kernelName,
      backendName: BACKEND,
      kernelFunc: ({ inputs, backend, attrs }) => {
        step(backend as SimdBackend, modules, name, inputs, attrs as unknown as UpdateAttributes);
        return [];
      },
    });
  }
}
