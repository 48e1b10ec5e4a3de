/** Predictions of a graph with weights, on plain tfjs with the reference of every op. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import type { NamedArray } from '../../src/shared/checkpoint.ts';
import type { ModelGraph } from '../../src/shared/graph/graph.ts';
import { restore } from '../../src/training/learner.ts';
import { Model } from '../../src/training/model.ts';

/** @param inputs ids, examples x steps. @returns examples x outputs */
export async function predictWith(
  graph: ModelGraph,
  weights: readonly NamedArray[],
  inputs: readonly (readonly number[])[],
): Promise<Float32Array> {
  await tf.setBackend('cpu');
  const model = new Model(graph, 1);
  restore(model.weights, weights);
  const ids = tf.tensor2d(inputs.flat(), [inputs.length, inputs[0]!.length], 'int32');
  const predicted = tf.tidy(() => Float32Array.from(model.run(ids, null).output.dataSync<'float32'>()));
  model.dispose();
  ids.dispose();
  return predicted;
}
