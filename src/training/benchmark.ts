/** How fast the engine in force trains a model: real steps on made-up sequences, for a few seconds. */
import * as tf from '@tensorflow/tfjs-core';
import type { ModelGraph } from '../shared/graph/graph.ts';
import type { TrainingConfig } from '../shared/training.ts';
import { Learner, targetsOf } from './learner.ts';
import { Model } from './model.ts';
import { RandomStream } from './random.ts';

/** Steps before the clock starts: buffers, plans and shaders are made in them. */
const WARM = 2;
/** Steps of a sequence where the model takes any number: the lecture's. */
const USUAL_STEPS = 500;

/** Examples a second over about `seconds`, not counting the first steps. */
export async function examplesPerSecond(
  graph: ModelGraph,
  training: TrainingConfig,
  seconds: number,
): Promise<number> {
  const learner = new Learner(new Model(graph, training.seed), training);
  const { batch_size: B } = training;
  const labels = Float32Array.from({ length: B }, (_, example) => example % 2);
  const step = (batch: number) =>
    learner.trainBatch(inputs(graph, B), targetsOf(labels, learner.model.outputs, training.loss), 0, batch);
  try {
    let begun = performance.now();
    let batches = 0;
    const passed = () => (performance.now() - begun) / 1000;
    for (let batch = 0; batches === 0 || passed() < seconds; batch++) {
      await step(batch);
      batches++;
      // An engine that is through its time before is as slow as those steps say.
      if (batch + 1 === WARM && passed() < seconds) [begun, batches] = [performance.now(), 0];
    }
    return (batches * B) / passed();
  } finally {
    learner.dispose();
  }
}

/** Ids of the vocabulary, or numbers, all drawn anew and alike for every batch. */
function inputs(graph: ModelGraph, B: number): tf.Tensor {
  const { config } = graph.nodes.find(({ type }) => type === 'Input')!;
  const [T, ...rest] = config['shape'] as (number | null)[];
  const shape = [B, T ?? USUAL_STEPS, ...rest.map((size) => size ?? 1)];
  const random = new RandomStream(1, 'benchmark');
  const count = tf.util.sizeFromShape(shape);
  if (config['dtype'] !== 'int32')
    return tf.tensor(
      Float32Array.from({ length: count }, () => random.below(2000) / 1000 - 1),
      shape,
    );
  const vocabularies = graph.nodes.flatMap((node) => Number(node.config['input_dim'] ?? []));
  const V = Math.min(...vocabularies.filter(Number.isFinite));
  return tf.tensor(
    Int32Array.from({ length: count }, () => random.below(V)),
    shape,
    'int32',
  );
}
