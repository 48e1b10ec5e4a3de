/** Runs ops with their gradients on the engine, with one thread and with two, and on plain tfjs, where the references run. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { simdEngine } from '../../../../../src/training/engines/simd/index.ts';
import { relativeError } from '../../../../conformance/relative_error.ts';

export interface Problem {
  name: string;
  /** Shapes of the tensors that are differentiated. */
  shapes: Record<string, number[]>;
  /** (B, T) ids of an embedding. */
  ids?(): tf.Tensor2D;
  run(tensors: Record<string, tf.Tensor>, ids: tf.Tensor2D): tf.Tensor;
  /** Changes values drawn between -1 and 1 before they are used. */
  prepare?(values: Float32Array, name: string): void;
}

type Numbers = Record<string, Float32Array>;

/** The bounds of test/conformance. */
const FORWARD = 1e-5;
const GRADIENT = 1e-4;

/** Numbers between -1 and 1 that repeat for a seed. */
function numbers(seed: number): () => number {
  let state = seed * 2654435761 + 12345;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 31 - 1) as number;
  };
}

/** Ids that begin with zeros: a full row, one token, one that is all padding, then any. */
export function paddedIds(B: number, T: number, V: number): tf.Tensor2D {
  const random = numbers(B * T);
  const below = (n: number) => Math.floor(((random() + 1) / 2) * n);
  const ids = new Int32Array(B * T);
  for (let row = 0; row < B; row++) {
    const start = [0, T - 1, T][row] ?? below(T);
    for (let t = start; t < T; t++) ids[row * T + t] = below(V);
  }
  return tf.tensor2d(ids, [B, T], 'int32');
}

/** The output, by the name `output`, and the gradients of its sum weighted by fixed numbers. */
function solve({ shapes, ids, run, prepare }: Problem, seed: number): Numbers {
  const random = numbers(seed);
  return tf.tidy(() => {
    const names = Object.keys(shapes);
    const inputs = names.map((name) => {
      const values = Float32Array.from({ length: tf.util.sizeFromShape(shapes[name]!) }, random);
      prepare?.(values, name);
      return tf.tensor(values, shapes[name]!);
    });
    const tokens = ids?.() ?? tf.tensor2d([[0]], [1, 1], 'int32');
    let output = new Float32Array(0);
    const gradients = tf.grads((...given: tf.Tensor[]) => {
      const result = run(Object.fromEntries(names.map((name, i) => [name, given[i]!])), tokens);
      output = Float32Array.from(result.dataSync<'float32'>());
      const weights = Float32Array.from({ length: result.size }, numbers(seed + 1));
      return tf.sum(tf.mul(result, tf.tensor(weights, result.shape)));
    })(inputs);
    const found = gradients.map((gradient, i): [string, Float32Array] => [
      names[i]!,
      Float32Array.from(gradient.dataSync<'float32'>()),
    ]);
    return { output, ...Object.fromEntries(found) };
  });
}

async function onEngine(threads: number, problems: readonly Problem[]): Promise<Numbers[]> {
  await simdEngine.start({ threads });
  try {
    return problems.map(solve);
  } finally {
    await simdEngine.stop();
  }
}

/** Solves all problems everywhere: the engine is started only twice. Gives a check per problem. */
export async function solveEverywhere(problems: readonly Problem[]): Promise<(index: number) => void> {
  const one = await onEngine(1, problems);
  const two = await onEngine(2, problems);
  await tf.setBackend('cpu');
  const plain = problems.map(solve);
  return (index) => {
    for (const [name, wanted] of Object.entries(plain[index]!)) {
      const bound = name === 'output' ? FORWARD : GRADIENT;
      expect(relativeError(two[index]![name]!, wanted), name).toBeLessThan(bound);
      expect(one[index]![name], `${name} on one thread`).toEqual(two[index]![name]);
    }
  };
}
