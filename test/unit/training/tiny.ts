/** A tiny problem for tests of the training loop: which of two words comes first in short sequences. */
import { encodeCheckpoint, decodeCheckpoint } from '../../../src/shared/checkpoint.ts';
import type { ModelGraph } from '../../../src/shared/graph/graph.ts';
import type { FromChild } from '../../../src/shared/protocol.ts';
import { trainingSchema } from '../../../src/shared/training.ts';
import { Control } from '../../../src/training/control.ts';
import { Examples, splitForValidation } from '../../../src/training/data.ts';
import type { Engine } from '../../../src/training/engines/engine.ts';
import { Fit } from '../../../src/training/fit.ts';
import { Learner } from '../../../src/training/learner.ts';
import { Model } from '../../../src/training/model.ts';
import { RandomStream } from '../../../src/training/random.ts';

export const T = 6;
export const V = 9;

/** A chain of layers behind Input and Embedding, ending in one sigmoid. */
export function tinyGraph(...layers: [type: string, config: Record<string, unknown>][]): ModelGraph {
  const nodes = [
    ['Input', { shape: [T], dtype: 'int32' }] as const,
    ['Embedding', { input_dim: V, output_dim: 4 }] as const,
    ...layers,
    ['Dense', { units: 1, activation: 'sigmoid' }] as const,
  ].map(([type, config], i, all) => ({
    id: `n${i}_${type}`,
    type,
    config,
    inputs: i === 0 ? [] : [`n${i - 1}_${all[i - 1]![0]}`],
  }));
  return { format: 'unroll-model', version: 1, name: 'tiny', nodes };
}

export const LSTM: [string, Record<string, unknown>] = ['LSTM', { units: 5 }];

/** Words 3 to V - 1 with 1 and 2 in two places; the label says which of those comes first. */
export function tinyExamples(count: number): Examples {
  const random = new RandomStream(5, 'tiny');
  const inputs = new Int32Array(count * T);
  const labels = new Float32Array(count);
  for (let example = 0; example < count; example++) {
    for (let t = 0; t < T; t++) inputs[example * T + t] = 3 + random.below(V - 3);
    const first = random.below(T - 1);
    const second = first + 1 + random.below(T - 1 - first);
    labels[example] = random.below(2);
    inputs[example * T + first] = 1 + labels[example]!;
    inputs[example * T + second] = 2 - labels[example]!;
  }
  const sequences = Array.from(labels, (_, example) => inputs.subarray(example * T, (example + 1) * T));
  return new Examples({ sequences, labels, maxlen: T }, 'pre', null);
}

export interface TinyRun {
  messages: FromChild[];
  /** The weights' hash, or null where training was stopped. */
  sha256: string | null;
  learner: Learner;
}

interface TinyOptions {
  graph?: ModelGraph;
  examples?: number;
  /** Instead of so many. */
  data?: Examples;
  checkpoint?: Uint8Array | null;
  checkpointEveryMs?: number;
  reportEveryMs?: number;
  control?: Control;
  engine?: Engine;
  onMessage?: (message: FromChild) => void;
}

/** Trains in this process; the learner is left for the test to look at and dispose. */
export async function fitTiny(settings: object, options: TinyOptions = {}): Promise<TinyRun> {
  const {
    graph = tinyGraph(LSTM),
    examples = 80,
    checkpoint = null,
    checkpointEveryMs = 1e9,
    reportEveryMs = 1e9,
  } = options;
  const training = trainingSchema.parse({ batch_size: 16, epochs: 3, ...settings });
  const learner = new Learner(new Model(graph, training.seed), training);
  const messages: FromChild[] = [];
  const data = options.data ?? tinyExamples(examples);
  const fit = new Fit({
    job: { training, reportEveryMs, checkpointEveryMs },
    learner,
    examples: data,
    split: splitForValidation(data.count, training),
    checkpoint: checkpoint && decodeCheckpoint(checkpoint),
    control: options.control ?? new Control(),
    ...(options.engine ? { engine: options.engine } : {}),
    send: (message) => {
      messages.push(message);
      options.onMessage?.(message);
    },
    peakBytes: () => 0,
  });
  await fit.run();
  const done = messages.find((message) => message.type === 'done');
  return { messages, learner, sha256: done?.weightsSha256 ?? null };
}

/** A checkpoint as it is after a batch of an epoch, told apart from others by its position. */
export function positionOf(checkpoint: Uint8Array): { epoch: number; batch: number } {
  const { epoch, batch } = decodeCheckpoint(checkpoint).position;
  return { epoch, batch };
}

/** The same checkpoint with its weights changed. */
export function withWeights(checkpoint: Uint8Array, change: (value: number) => number): Uint8Array {
  const decoded = decodeCheckpoint(checkpoint);
  for (const { data } of decoded.weights) data.forEach((value, i) => (data[i] = change(value)));
  return encodeCheckpoint(decoded);
}
