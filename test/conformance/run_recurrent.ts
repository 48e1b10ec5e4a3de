/** Runs the op `recurrent` with its gradient on the backend in force, on the same problems as the float64 loop. */
import * as tf from '@tensorflow/tfjs-core';
import { embedding } from '../../src/training/ops/embedding.ts';
import { recurrent } from '../../src/training/ops/recurrent.ts';
import { GATES, recurrentLoop } from './float64_loop.ts';
import type { RecurrentGradients, RecurrentProblem } from './float64_loop.ts';

/** Where a layer's x comes from when an Embedding feeds it: `ids` (B, T), `table` (V, D). */
export interface Tokens {
  ids: Int32Array;
  table: Float32Array;
  V: number;
}

type Numbers = Float32Array | Float64Array;
export interface RecurrentResult {
  output: Numbers;
  /** By input: `x` (or `table` when fed by an Embedding), `kernel`, `recurrentKernel`, `bias`, `carryKernel`. */
  gradients: Record<string, Numbers>;
}

const float32 = (values: ArrayLike<number>): Float32Array => Float32Array.from(values);

/** The layer's weights as tensors, by the names of the op's inputs. */
function weightTensors({ attributes, D, ...problem }: RecurrentProblem): Record<string, tf.Tensor> {
  const { cell, units: U } = attributes;
  const width = GATES[cell] * U;
  const { kernel, recurrentKernel, bias, carryKernel } = problem;
  const biasShape = bias.length === width ? [width] : [bias.length / width, width];
  return {
    kernel: tf.tensor2d(float32(kernel), [D, width]),
    recurrentKernel: tf.tensor2d(float32(recurrentKernel), [U, width]),
    bias: tf.tensor(float32(bias), biasShape),
    ...(carryKernel && { carryKernel: tf.tensor2d(float32(carryKernel), [U, U]) }),
  };
}

/** Output and the gradients of sum(output * dOutput), by the op and tfjs's tape; `evaluated` is the output without a tape. */
export async function runRecurrent(
  problem: RecurrentProblem,
  dOutput: Float32Array,
  tokens: Tokens | null = null,
): Promise<RecurrentResult & { evaluated: Float32Array }> {
  tf.engine().startScope();
  try {
    const { names, inputs, forward } = operation(problem, tokens);
    let output: tf.Tensor | null = null;
    const objective = (...given: tf.Tensor[]): tf.Scalar => {
      output = tf.keep(forward(...given));
      return tf.sum(tf.mul(output, tf.tensor(dOutput, output.shape)));
    };
    const found = tf.grads(objective)(inputs);
    const numbers = async (tensor: tf.Tensor) => Float32Array.from(await tensor.data<'float32'>());
    const gradients: Record<string, Float32Array> = {};
    for (const [i, name] of names.entries()) gradients[name] = await numbers(found[i]!);
    const evaluated = await numbers(forward(...inputs));
    const differentiated = await numbers(output!);
    output!.dispose();
    return { output: differentiated, evaluated, gradients };
  } finally {
    tf.engine().endScope();
  }
}

/** The op on a problem as a function of its inputs, by name; an Embedding's table stands for x. */
function operation(problem: RecurrentProblem, tokens: Tokens | null) {
  const { B, T, D, attributes } = problem;
  const mask = problem.mask && tf.tensor2d(Int32Array.from(problem.mask), [B, T], 'int32');
  const ids = tokens && tf.tensor2d(tokens.ids, [B, T], 'int32');
  const source: Record<string, tf.Tensor> = tokens
    ? { table: tf.tensor2d(tokens.table, [tokens.V, D]) }
    : { x: tf.tensor3d(float32(problem.x), [B, T, D]) };
  const inputs = { ...source, ...weightTensors(problem) };
  const names = Object.keys(inputs);
  const forward = (...given: tf.Tensor[]): tf.Tensor => {
    const by = Object.fromEntries(names.map((name, i) => [name, given[i]!]));
    const x = ids ? embedding(by.table as tf.Tensor2D, ids) : (by.x as tf.Tensor3D);
    const weights = {
      kernel: by.kernel as tf.Tensor2D,
      recurrentKernel: by.recurrentKernel as tf.Tensor2D,
    };
    const carryKernel = (by.carryKernel as tf.Tensor2D | undefined) ?? null;
    return recurrent({ x, ...weights, bias: by.bias!, carryKernel, mask }, attributes);
  };
  return { names, inputs: Object.values(inputs), forward };
}

/** The problem whose x is what the Embedding of `tokens` hands over. */
export function embedded(problem: RecurrentProblem, { ids, table }: Tokens): RecurrentProblem {
  const { D } = problem;
  const x = Float32Array.from(
    { length: ids.length * D },
    (_, at) => table[ids[Math.floor(at / D)]! * D + (at % D)]!,
  );
  return { ...problem, x };
}

/** The same result by the float64 loop; the table's gradient is that of x, added up by id. */
export function runFloat64(
  problem: RecurrentProblem,
  dOutput: Float32Array,
  tokens: Tokens | null = null,
): RecurrentResult {
  const { output, gradients } = recurrentLoop(problem, dOutput);
  const { x, carryKernel, ...rest }: RecurrentGradients = gradients;
  const weights = { ...rest, ...(carryKernel && { carryKernel }) };
  if (!tokens) return { output, gradients: { x, ...weights } };
  const table = new Float64Array(tokens.table.length);
  const { D } = problem;
  x.forEach((value, at) => (table[tokens.ids[Math.floor(at / D)]! * D + (at % D)]! += value));
  return { output, gradients: { table, ...weights } };
}
