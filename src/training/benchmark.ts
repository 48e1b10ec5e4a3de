/** How fast the engine in force trains a model: real steps on made-up sequences, handed over as in a run, for a few seconds. */
import type { Sequence } from '../shared/data/preprocess.ts';
import type { ModelGraph } from '../shared/graph/graph.ts';
import type { TrainingConfig } from '../shared/training.ts';
import { BatchQueue } from './batch-queue.ts';
import { Examples } from './data.ts';
import type { Engine } from './engines/engine.ts';
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
  engine: Pick<Engine, 'asynchronous' | 'keepUp'>,
): Promise<number> {
  const learner = new Learner(new Model(graph, training.seed), training);
  const { batch_size: B, loss } = training;
  const examples = madeUp(graph, B);
  const order = Uint32Array.from({ length: B }, (_, i) => i);
  const queue = new BatchQueue(learner, engine);
  const step = (batch: number) => {
    const targets = targetsOf(examples.labels, learner.model.outputs, loss);
    return queue.train(examples.inputs(order, 0, B), targets, 0, batch);
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

/** Sequences of ids of the vocabulary, or of numbers, with labels of two classes. */
function madeUp(graph: ModelGraph, B: number): Examples {
  const { config } = graph.nodes.find(({ type }) => type === 'Input')!;
  const [T, ...rest] = config['shape'] as (number | null)[];
  const maxlen = T ?? USUAL_STEPS;
  const width = config['dtype'] === 'int32' ? null : rest.reduce<number>((all, size) => all * (size ?? 1), 1);
  const random = new RandomStream(1, 'benchmark');
  const vocabularies = graph.nodes.flatMap((node) => Number(node.config['input_dim'] ?? []));
  const V = Math.min(...vocabularies.filter(Number.isFinite));
  const sequence = (): Sequence =>
    width === null
      ? Int32Array.from({ length: maxlen }, () => random.below(V))
      : Float32Array.from({ length: maxlen * width }, () => random.below(2000) / 1000 - 1);
  const sequences = Array.from({ length: B }, sequence);
  return new Examples(
    { sequences, labels: Float32Array.from(sequences, (_, i) => i % 2), maxlen },
    'pre',
    width,
  );
}
