/** What training takes on a graphics adapter, beside the estimate that runs are refused by. In software in CI. */
import { afterEach, describe, expect, it } from 'vitest';
import { analyse } from '../../../../../src/shared/graph/analyse.ts';
import { estimate } from '../../../../../src/shared/graph/estimates.ts';
import type { ModelGraph } from '../../../../../src/shared/graph/graph.ts';
import type { TrainJob } from '../../../../../src/shared/protocol.ts';
import { trainingSchema } from '../../../../../src/shared/training.ts';
import { Examples } from '../../../../../src/training/data.ts';
import { BatchQueue } from '../../../../../src/training/batch-queue.ts';
import type { Engine } from '../../../../../src/training/engines/engine.ts';
import { chooseEngine } from '../../../../../src/training/engines/index.ts';
import { Learner, targetsOf } from '../../../../../src/training/learner.ts';
import { checkLimits, type Limits } from '../../../../../src/training/limits.ts';
import { Model } from '../../../../../src/training/model.ts';
import { ENGINES_HERE } from '../../../../conformance/engines.ts';
import { graphOf, node } from '../../../shared/graph/graphs.ts';

const [B, T, V] = [64, 30, 50];
const training = trainingSchema.parse({ batch_size: B, optimizer: { name: 'rmsprop' } });

/** Behind an Embedding of 32 columns, with a sigmoid at the end. */
function modelOf(...layers: [type: string, config: object][]): ModelGraph {
  const chain = [
    ['Embedding', { input_dim: V, output_dim: 32 }] as const,
    ...layers,
    ['Dense', { units: 1 }] as const,
  ];
  const nodes = chain.map(([type, config], i) =>
    node(`n${i}`, type, { ...config }, i === 0 ? 'x' : `n${i - 1}`),
  );
  return graphOf(node('x', 'Input', { shape: [T], dtype: 'int32' }), ...nodes);
}

async function trainOnce(graph: ModelGraph, engine: Engine): Promise<void> {
  const sequences = Array.from({ length: B }, (_, i) =>
    Int32Array.from({ length: T }, (_, t) => (i + t) % V),
  );
  const labels = Float32Array.from(sequences, (_, i) => i % 2);
  const examples = new Examples({ sequences, labels, maxlen: T }, 'pre', null);
  const order = Uint32Array.from({ length: B }, (_, i) => i);
  const learner = new Learner(new Model(graph, 1), training);
  const queue = new BatchQueue(learner, engine);
  for (let batch = 0; batch < 2; batch++) {
    const targets = targetsOf(examples.labelsOf(order, 0, B), 1, 'binary_crossentropy');
    await queue.train(examples.inputs(order, 0, B), targets, 0, batch);
    await queue.results();
  }
  queue.dispose();
  learner.dispose();
}

describe.runIf(ENGINES_HERE.includes('webgpu'))('the memory that training on webgpu takes', () => {
  let engine: Engine;
  afterEach(() => engine.stop());

  it.each([
    [['LSTM', { units: 64 }]],
    [
      ['GRU', { units: 48, return_sequences: true }],
      ['SimpleRNN', { units: 64 }],
    ],
    [['LSTM', { units: 24, recurrent_dropout: 0.2 }]],
    [
      ['Conv1D', { filters: 64, kernel_size: 5 }],
      ['GlobalMaxPooling1D', {}],
    ],
  ] as [string, object][][])('is estimated to half of it: %j', async (...layers) => {
    engine = await chooseEngine('webgpu');
    await engine.start({ threads: 1 });
    const graph = modelOf(...layers);
    await trainOnce(graph, engine);
    const { adapterBytes } = estimate(analyse(graph), { batchSize: B, optimizer: training.optimizer });
    const ratio = adapterBytes / engine.peakBytes!();
    expect(ratio).toBeGreaterThan(1 / 1.5);
    expect(ratio).toBeLessThan(1.5);
  });
});

describe('a run is refused with numbers', () => {
  const job = { graph: modelOf(['LSTM', { units: 64 }]), training, threads: null } as TrainJob;
  const checked = (limits: Partial<Limits>, batch_size = B) =>
    checkLimits(
      { ...job, training: { ...training, batch_size } },
      { engine: 'webgpu', threads: 1, ...limits },
      () => undefined,
    );
  const bytes = (batchSize: number) =>
    estimate(analyse(job.graph), { batchSize, optimizer: training.optimizer }).adapterBytes;

  it('and the batch that fits, where the device has no room for it', async () => {
    await checked({ room: () => Promise.resolve(bytes(64)) });
    const refused = checked({ room: () => Promise.resolve(bytes(40)) });
    await expect(refused).rejects.toMatchObject({
      code: 'memory-too-small',
      message: expect.stringMatching(/takes about \d+\.\d MiB for batches of 64 examples/) as string,
      hint: 'Use a batch size of at most 40, shorter sequences or fewer units.',
    });
    const none = checked({ room: () => Promise.resolve(1000) });
    await expect(none).rejects.toThrow(
      expect.objectContaining({ hint: expect.stringContaining('one example') as string }),
    );
  });

  it('where one tensor is too large for a piece of its memory', async () => {
    // What the Embedding gives: 30 vectors of 32 numbers for each example.
    await checked({ largestTensor: () => 64 * 30 * 32 * 4 });
    await expect(checked({ largestTensor: () => 20 * 30 * 32 * 4 })).rejects.toMatchObject({
      code: 'tensor-too-large',
      message: expect.stringContaining(
        '0.2 MiB in one piece for what Embedding gives for 64 examples',
      ) as string,
      hint: 'Use a batch size of at most 20, shorter sequences or fewer units.',
    });
    await expect(checked({ largestTensor: () => 5000 }, 1)).rejects.toMatchObject({
      message: expect.stringMatching(/for the weight \w+ of/) as string,
      hint: 'Make that layer smaller.',
    });
  });
});
