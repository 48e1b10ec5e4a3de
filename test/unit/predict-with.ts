/** Predictions of a graph with weights, on plain tfjs with the reference of every op. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import type { NamedArray } from '../../src/shared/checkpoint.ts';
import type { ModelGraph } from '../../src/shared/graph/graph.ts';
import { restore } from '../../src/training/learner.ts';
import { Model } from '../../src/training/model.ts';

/**
 * @param inputs ids or numbers of all examples behind one another
 * @param shape examples, steps, and for numbers how many a step
 * @returns examples x outputs
 */
export async function predictWith(
  graph: ModelGraph,
  weights: readonly NamedArray[],
  inputs: Int32Array | Float32Array,
  shape: readonly number[],
): Promise<Float32Array> {
  await tf.setBackend('cpu');
  const model = new Model(graph, 1);
  restore(model.weights, weights);
  const dtype = inputs instanceof Int32Array ? 'int32' : 'float32';
  const tensor = tf.tensor(inputs, [...shape], dtype);
  const predicted = tf.tidy(() => Float32Array.from(model.run(tensor, null).output.dataSync<'float32'>()));
  model.dispose();
  tensor.dispose();
  return predicted;
}
