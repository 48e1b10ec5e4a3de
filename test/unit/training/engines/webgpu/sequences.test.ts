/** Examples that stay on the device: what batches of them hold, and how much is handed over for one. */
import { globals } from 'webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { padSequences } from '../../../../../src/shared/data/preprocess.ts';
import type { Sequence } from '../../../../../src/shared/data/preprocess.ts';
import { trainingSchema } from '../../../../../src/shared/training.ts';
import { BatchQueue } from '../../../../../src/training/batch-queue.ts';
import { Examples } from '../../../../../src/training/data.ts';
import type { Engine } from '../../../../../src/training/engines/engine.ts';
import { chooseEngine } from '../../../../../src/training/engines/index.ts';
import { Learner, targetsOf } from '../../../../../src/training/learner.ts';
import { Model } from '../../../../../src/training/model.ts';
import { ENGINES_HERE } from '../../../../conformance/engines.ts';
import { LSTM, V, tinyGraph } from '../../tiny.ts';

const B = 16;
const BATCHES = 4;
const ORDER = Uint32Array.from({ length: B * BATCHES }, (_, i) => B * BATCHES - 1 - i);

/** Bytes handed to the device since: every upload is a buffer mapped at its creation, or a write. */
function countUploads(): () => number {
  const { GPUDevice, GPUQueue } = globals as unknown as {
    GPUDevice: { prototype: GPUDevice };
    GPUQueue: { prototype: GPUQueue };
  };
  const created = vi.spyOn(GPUDevice.prototype, 'createBuffer');
  const written = vi.spyOn(GPUQueue.prototype, 'writeBuffer');
  onTestFinished(() => [created, written].forEach((spy) => spy.mockRestore()));
  return () => {
    const mapped = created.mock.calls.map(([{ size, mappedAtCreation }]) => (mappedAtCreation ? size : 0));
    const writes = written.mock.calls.map(([, , data]) => data.byteLength);
    return [...mapped, ...writes].reduce((sum, bytes) => sum + bytes, 0);
  };
}

/** Sequences of every length up to T. */
function examplesOf(T: number): Examples {
  const sequences = Array.from(ORDER, (_, example) =>
    Uint16Array.from({ length: example % (T + 1) }, (_, t) => (t + example) % V),
  );
  return new Examples({ sequences, labels: new Float32Array(ORDER.length), maxlen: T }, 'pre', null);
}

describe.runIf(ENGINES_HERE.includes('webgpu'))('examples on webgpu', () => {
  let engine: Engine;
  beforeEach(async () => {
    engine = await chooseEngine('webgpu');
    await engine.start({ threads: 1 });
  });
  afterEach(() => engine.stop());

  const kinds: readonly [what: string, width: number | null, sequences: Sequence[]][] = [
    ['ids', null, [Uint16Array.of(4, 5), new Uint16Array(0), Uint16Array.of(1, 2, 3), Uint16Array.of(65535)]],
    ['values', 2, [Float32Array.of(0.5, -1), Float32Array.of(1, 2, 3, 4, 5, 6)]],
    ['nothing', null, [new Uint16Array(0)]],
  ];
  it.each(kinds)('are padded as on this side: %s', async (_, width, sequences) => {
    const labels = new Float32Array(sequences.length);
    const order = Uint32Array.from(sequences, (_, i) => i).reverse();
    for (const padding of ['pre', 'post'] as const) {
      const examples = new Examples({ sequences, labels, maxlen: 3 }, padding, width);
      const inputs = examples.inputs(order, 0, sequences.length);
      const typed = sequences.map((sequence) =>
        width === null ? Int32Array.from(sequence) : Float32Array.from(sequence),
      );
      const expected = padSequences(typed.reverse(), 3, { padding, truncating: 'pre' }, width ?? 1);
      expect(inputs.shape).toEqual([sequences.length, 3, ...(width === null ? [] : [width])]);
      expect([...(await inputs.data())]).toEqual([...expected]);
      inputs.dispose();
      examples.dispose();
    }
    expect(tf.memory().numTensors).toBe(0);
  });

  /** Bytes handed over for each of the batches of an epoch of sequences of T steps. */
  async function uploads(T: number): Promise<number[]> {
    const training = trainingSchema.parse({ batch_size: B });
    const graph = tinyGraph(LSTM);
    graph.nodes[0]!.config['shape'] = [T];
    const learner = new Learner(new Model(graph, 1), training);
    const examples = examplesOf(T);
    const queue = new BatchQueue(learner, engine);
    const bytes = countUploads();
    const after = [0];
    for (let batch = 0; batch < BATCHES; batch++) {
      const [from, to] = [batch * B, (batch + 1) * B];
      const targets = targetsOf(examples.labelsOf(ORDER, from, to), 1, 'binary_crossentropy');
      await queue.train(examples.inputs(ORDER, from, to), targets, 0, batch);
      after.push(bytes());
    }
    await queue.results();
    queue.dispose();
    learner.dispose();
    examples.dispose();
    return after.slice(1).map((sum, i) => sum - after[i]!);
  }

  it('are handed over once: a batch takes its labels and sizes, however long its sequences are', async () => {
    const [, ...short] = await uploads(10);
    const [first, ...long] = await uploads(200);
    expect([...short, ...long]).toEqual([...short.map(() => short[0]), ...long.map(() => long[0])]);
    // Sums over a longer time are made in slices, which have sizes of their own: less than the ids of one sequence.
    expect(long[0]! - short[0]!).toBeLessThan(4 * 200);
    const all = Array.from(ORDER, (_, example) => example % 201).reduce((sum, length) => sum + length);
    expect(first! - long[0]!).toBeGreaterThan(4 * all);
  });
});
