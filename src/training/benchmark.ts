/** How fast the engine in force trains a model: real steps on made-up sequences, handed over as in a run, for a few seconds. */
import type { ModelGraph } from '../shared/graph/graph.ts';
import type { TrainingConfig } from '../shared/training.ts';
import { BatchQueue } from './batch-queue.ts';
import type { Engine } from './engines/engine.ts';
import { Learner, targetsOf } from './learner.ts';
import { madeUpExamples } from './made-up-examples.ts';
import { Model } from './model.ts';

/** Steps before the clock starts: buffers, plans and shaders are made in them. */
const WARM = 2;
/** Batches that are trained on in turn: an engine is to meet other words in each. */
const BATCHES = 8;

/** Examples a second over about `seconds`, not counting the first steps. */
export async function examplesPerSecond(
  graph: ModelGraph,
  training: TrainingConfig,
  seconds: number,
  engine: Pick<Engine, 'asynchronous' | 'keepUp'>,
): Promise<number> {
  const learner = new Learner(new Model(graph, training.seed), training);
  const { batch_size: B, loss } = training;
  const examples = madeUpExamples(graph, BATCHES * B);
  const order = Uint32Array.from({ length: BATCHES * B }, (_, i) => i);
  const queue = new BatchQueue(learner, engine);
  const step = (batch: number) => {
    const from = (batch % BATCHES) * B;
    const labels = examples.labelsOf(order, from, from + B);
    const targets = targetsOf(labels, learner.model.outputs, loss);
    return queue.train(examples.inputs(order, from, from + B), targets, 0, batch);
  };
  try {
    let begun = performance.now();
    let batches = 0;
    const passed = () => (performance.now() - begun) / 1000;
    for (let batch = 0; batches === 0 || passed() < seconds; batch++) {
      await step(batch);
      batches++;
      if (batch + 1 !== WARM) continue;
      // What was handed over is done when its results are there.
      await queue.results();
      // An engine that is through its time before is as slow as those steps say.
      if (passed() < seconds) [begun, batches] = [performance.now(), 0];
    }
    await queue.results();
    return (batches * B) / passed();
  } finally {
    queue.dispose();
    learner.dispose();
    examples.dispose();
  }
}
