/** Trained runs as exporters take them, with weights drawn at random: what a model predicts does not ask how it came to be. */
import type { CheckTools, Probe, Trained } from '../../../../src/main/exporters/exporter.ts';
import type { NamedArray } from '../../../../src/shared/checkpoint.ts';
import { KERAS_CONVENTIONS, type Dataset, type Piece } from '../../../../src/shared/data/dataset.ts';
import { requireValid } from '../../../../src/shared/graph/analyse.ts';
import type { ModelGraph } from '../../../../src/shared/graph/graph.ts';
import { preprocessingSchema, trainingSchema, type TrainingConfig } from '../../../../src/shared/training.ts';
import { slotNames } from '../../../../src/training/ops/update.ts';
import { RandomStream } from '../../../../src/training/random.ts';
import { predictWith } from '../../predict-with.ts';

export const STEPS = 12;
export const WORDS = 24;
const EXAMPLES = 6;

const dataset: Dataset = {
  id: 'data',
  name: 'words',
  kind: 'tokens',
  width: 1,
  task: 'binary',
  classes: ['negative', 'positive'],
  conventions: KERAS_CONVENTIONS,
  vocabularySize: WORDS - 4,
  hasTexts: false,
  trainExamples: 8,
  testExamples: 8,
  hash: '0'.repeat(64),
  source: { format: 'test' },
  longest: STEPS,
  createdAt: 0,
};

const pieces: Piece[] = [
  {
    values: Int32Array.from([1, 2, 3, 4, 5, 6, 7]),
    offsets: Uint32Array.from([0, 3, 7]),
    labels: Float32Array.from([0, 1]),
  },
];

/** Between -scale and scale, and never the same for two names. */
function drawn(name: string, shape: readonly number[], scale: number): NamedArray {
  const random = new RandomStream(3, name);
  const length = shape.reduce((product, size) => product * size, 1);
  return { name, shape, data: Float32Array.from({ length }, () => scale * (2 * random.uniform() - 1)) };
}

/** What an optimizer keeps is a mean of squares, or may be: never below zero. */
function slotDrawn(name: string, shape: readonly number[]): NamedArray {
  const { data, ...rest } = drawn(name, shape, 0.01);
  return { ...rest, data: data.map(Math.abs) };
}

const shapeOf = (width: number | null): number[] =>
  width === null ? [EXAMPLES, STEPS] : [EXAMPLES, STEPS, width];

/** Numbers, or ids with padding in front, so that a mask has something to skip. */
function probeInputs(examples: number, width: number | null): Int32Array | Float32Array {
  const random = new RandomStream(4, 'probe');
  if (width !== null) return Float32Array.from({ length: examples * STEPS * width }, () => random.uniform());
  return Int32Array.from({ length: examples * STEPS }, (_, at) =>
    at % STEPS < Math.floor(at / STEPS) % 5 ? 0 : 1 + random.below(WORDS - 1),
  );
}

/** A template with its sizes made small. */
export function small(graph: ModelGraph): ModelGraph {
  const nodes = graph.nodes.map((node) => {
    const config = { ...node.config };
    if (node.type === 'Input') config.shape = [STEPS, ...(config.shape as number[]).slice(1)];
    if (node.type === 'Embedding') Object.assign(config, { input_dim: WORDS, output_dim: 5 });
    return { ...node, config };
  });
  return { ...graph, nodes };
}

export async function trainedExample(
  graph: ModelGraph,
  { name = graph.name, training = {} }: { name?: string; training?: Partial<TrainingConfig> } = {},
): Promise<Trained> {
  const { order, nodes } = requireValid(graph);
  const specs = order.flatMap((id) =>
    nodes.get(id)!.weights.map((spec) => ({ name: `${id}/${spec.name}`, shape: spec.shape })),
  );
  const weights = specs.map((spec) => drawn(spec.name, spec.shape, 0.5));
  const settings = trainingSchema.parse(training);
  const slots = specs.flatMap((spec) =>
    slotNames(settings.optimizer).map((slot) => slotDrawn(`${slot}/${spec.name}`, spec.shape)),
  );
  const input = graph.nodes.find(({ type }) => type === 'Input')!.config;
  const width = input.dtype === 'int32' ? null : (input.shape as number[])[1]!;
  const inputs = probeInputs(EXAMPLES, width);
  const expected = await predictWith(graph, weights, inputs, shapeOf(width));
  const probe: Probe = { inputs, examples: EXAMPLES, maxlen: STEPS, width, expected };
  const learningRate = settings.optimizer.learning_rate;
  return {
    run: {
      id: 'run',
      name,
      status: 'done',
      model: graph.name,
      graph,
      dataset: { id: dataset.id, name: dataset.name, hash: dataset.hash },
      preprocessing: preprocessingSchema.parse({ num_words: WORDS, maxlen: STEPS }),
      training: settings,
      engine: 'simd',
      engineDetail: null,
      threads: 1,
      machine: { cpu: 'test' },
      versions: { unroll: '0' },
      parameters: weights.reduce((sum, { data }) => sum + data.length, 0),
      epochsDone: 3,
      last: { loss: 0.5, acc: 0.8 },
      notes: '',
      createdAt: 0,
    } as unknown as Trained['run'],
    checkpoint: { which: 'last', epoch: 3 },
    state: {
      position: {
        epoch: 3,
        batch: 0,
        iterations: 12,
        learningRate,
        sums: {},
        examples: 0,
        seconds: 0,
        callbacks: {},
      },
      weights,
      slots,
    },
    dataset: width === null ? dataset : { ...dataset, kind: 'values', width, conventions: null },
    vocabulary: Array.from({ length: WORDS - 4 }, (_, rank) => `word${rank + 1}`),
    pieces: () => pieces,
    withData: true,
    runFile: () => new Uint8Array(),
    maxlen: STEPS,
    logs: { loss: 0.4, acc: 0.85, val_loss: 0.45, val_acc: 0.755 },
    evaluation: { loss: 0.5, acc: 0.8, examples: 8 },
    probe,
  };
}

/** Predicts in this process, on plain tfjs. */
export const tools: CheckTools = {
  signal: new AbortController().signal,
  nodePath: undefined,
  predict: (graph, weights, { inputs, width }) => predictWith(graph, weights, inputs, shapeOf(width)),
};
