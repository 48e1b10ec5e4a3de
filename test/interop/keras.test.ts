/**
 * Exports in real Keras, and back. It needs a Python with Keras 3 (`pip install keras tensorflow`), named by
 * UNROLL_TEST_PYTHON; without it nothing here runs, and that is said.
 */
import { spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import * as tf from '@tensorflow/tfjs-core';
import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { exporterFor } from '../../src/main/exporters/index.ts';
import type { ExportFormat, Probe, Trained } from '../../src/main/exporters/exporter.ts';
import { readModel } from '../../src/main/importers/models/index.ts';
import { KERAS_CONVENTIONS } from '../../src/shared/data/dataset.ts';
import { idsFromRanks, padSequences } from '../../src/shared/data/preprocess.ts';
import type { ModelGraph } from '../../src/shared/graph/graph.ts';
import { encodeText, rankByWord } from '../../src/shared/text/tokenizer.ts';
import { optimizerSchema, trainingSchema, type OptimizerConfig } from '../../src/shared/training.ts';
import { Learner, restore, targetsOf } from '../../src/training/learner.ts';
import { Model } from '../../src/training/model.ts';
import { held, hostile, models } from '../unit/main/exporters/models.ts';
import { small, STEPS, trainedExample } from '../unit/main/exporters/trained-example.ts';
import { temporaryFolder } from '../unit/main/workspace.ts';
import { predictWith } from '../unit/predict-with.ts';

const python = process.env.UNROLL_TEST_PYTHON;
if (python === undefined)
  console.warn('SKIPPED: UNROLL_TEST_PYTHON names no Python with Keras 3, so no export was loaded in Keras.');

const LIBRARIES =
  'quit(status = !all(sapply(c("reticulate", "jsonlite"), requireNamespace, quietly = TRUE)))';
const hasReticulate =
  python !== undefined && spawnSync('Rscript', ['--vanilla', '-e', LIBRARIES]).status === 0;
if (!hasReticulate)
  console.warn(
    'SKIPPED: there is no R with reticulate and jsonlite, so no export was loaded in Keras from R.',
  );

const TOLERANCE = 1e-5;
const PATIENCE_MS = 5 * 60_000;

interface Answer {
  file: string;
  parameters: number;
  compiled: boolean;
  optimizer: string | null;
  iterations: number | null;
  /** Of the epoch it was trained on for. */
  loss?: number;
  outputs: number[];
}

interface Case {
  file: string;
  inputs: number[];
  shape: number[];
  dtype: 'int32' | 'float32';
  train?: string[];
}

const OPTIMIZERS: readonly OptimizerConfig[] = [
  { name: 'rmsprop', learning_rate: 0.01, momentum: 0.5 },
  { name: 'rmsprop', learning_rate: 0.01 },
  { name: 'adam', learning_rate: 0.01 },
  { name: 'sgd', learning_rate: 0.1, momentum: 0.9, nesterov: true },
  // Keras takes both as floats only, and the second of these is 0 where it is not stated.
  { name: 'sgd', learning_rate: 1 },
].map((config) => optimizerSchema.parse(config));

const shapeOf = ({ examples, maxlen, width }: Probe): number[] => [examples, maxlen, width ?? []].flat();

/** @param inR asks from R, by reticulate */
async function askKeras(folder: string, cases: readonly Case[], inR = false): Promise<Map<string, Answer>> {
  writeFileSync(join(folder, 'cases.json'), JSON.stringify(cases));
  const script = join(import.meta.dirname, inR ? 'check_exports.R' : 'check_exports.py');
  const child = spawn(inR ? 'Rscript' : python!, [...(inR ? ['--vanilla'] : []), script, folder], {
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3', RETICULATE_PYTHON: python },
  });
  const [output, complaint] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const answers = output
    .split('\n')
    .filter((line) => line.startsWith('{"file"'))
    .map((line) => JSON.parse(line) as Answer);
  if (answers.length < cases.length) throw new Error(complaint.slice(-3000));
  return new Map(answers.map((answer) => [answer.file, answer]));
}

/** Writes a model's files and says what Keras is to be asked about them. */
async function write(folder: string, trained: Trained, format: ExportFormat): Promise<Case> {
  const exporter = exporterFor(format);
  const name = `${trained.run.name}-${format}${exporter.ending}`;
  for (const file of await exporter.files(trained, name))
    writeFileSync(join(folder, file.name), file.content);
  const { probe } = trained;
  const dtype = probe!.width === null ? 'int32' : 'float32';
  return { file: name, inputs: [...probe!.inputs], shape: shapeOf(probe!), dtype };
}

/** Chance would have its say in training. */
function withoutDropout(trained: Trained): Trained {
  const { run } = trained;
  const nodes = run.graph.nodes.map((node) =>
    node.type === 'Dropout' ? { ...node, config: { rate: 0 } } : node,
  );
  return { ...trained, run: { ...run, graph: { ...run.graph, nodes } } };
}

/** What became here of a model of Keras's whose layers have several outputs. */
async function rewritten(): Promise<ModelGraph> {
  const file = join(import.meta.dirname, '../fixtures/models/several-outputs.keras');
  return { ...small((await readModel(file)).graph), name: 'rewritten' };
}

/**
 * What `check_exports.py` does in Keras: labels by turns, two examples a batch, in order.
 * @param anew the optimizer begins anew
 */
async function trainEpoch(
  path: string,
  { inputs, shape }: Case,
  anew: boolean,
): Promise<{ loss: number; outputs: Float32Array }> {
  await tf.setBackend('cpu');
  const { graph, weights, compiled: state } = await readModel(path);
  const { compiled, slots } = state!;
  const training = trainingSchema.parse({ optimizer: compiled.optimizer, loss: compiled.loss });
  const learner = new Learner(new Model(graph, 1), training);
  restore(learner.model.weights, weights!);
  if (!anew) {
    restore(learner.optimizer.slots, slots);
    learner.optimizer.iterations = compiled.iterations;
  }
  const [examples, steps] = shape as [number, number];
  let sum = 0;
  for (let first = 0; first < examples; first += 2) {
    const batch = tf.tensor2d(inputs.slice(first * steps, (first + 2) * steps), [2, steps], 'int32');
    const { sums } = await learner.trainBatch(
      batch,
      targetsOf(Float32Array.of(0, 1), 1, training.loss),
      0,
      first / 2,
    );
    sum += sums.loss!;
  }
  const { weights: after } = await learner.arrays();
  learner.dispose();
  return { loss: sum / examples, outputs: await predictWith(graph, after, Int32Array.from(inputs), shape) };
}

const largest = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)));

describe.skipIf(python === undefined)('in real Keras', () => {
  it.each(['keras', 'h5', 'python'] as const)(
    'every model as %s loads, is compiled and predicts the same',
    async (format) => {
      const folder = temporaryFolder();
      const all = await Promise.all(models.map((graph) => trainedExample(graph)));
      const whole = optimizerSchema.parse({ name: 'sgd', learning_rate: 1, momentum: 1, clipnorm: 2 });
      all.push(await trainedExample(models[0]!, { name: 'whole', training: { optimizer: whole } }));
      all.push(await trainedExample(await rewritten()));
      all.push(await trainedExample(hostile, { name: 'it\'s "$&" \\ of\nmine' }));
      const cases = await Promise.all(all.map((trained) => write(folder, trained, format)));
      const answers = await askKeras(folder, cases);
      const differences: number[] = [];
      for (const { run, probe } of all) {
        const answer = answers.get(`${run.name}-${format}${exporterFor(format).ending}`)!;
        expect(answer).toMatchObject({ parameters: run.parameters, compiled: true });
        expect(answer.optimizer!.toLowerCase()).toBe(run.name === 'whole' ? 'sgd' : 'rm_sprop');
        differences.push(largest(answer.outputs, probe!.expected));
        expect(differences.at(-1), run.name).toBeLessThan(TOLERANCE);
      }
      console.info(`${format}: ${all.length} models, at most ${Math.max(...differences)} apart`);
    },
    PATIENCE_MS,
  );

  it(
    'a bundle scores lines of any kind as Unroll does, by its example',
    async () => {
      const graph = models.find(({ name }) => name === 'lecture-book-lstm')!;
      const trained = await trainedExample(graph);
      const { num_words } = trained.run.preprocessing;
      const vocabulary = ['good', 'no\u00a0break', 'film', 'of\u000bit'];
      const folder = temporaryFolder();
      const [zip] = await exporterFor('bundle').files({ ...trained, vocabulary }, 'bundle.zip');
      for (const [name, bytes] of Object.entries(unzipSync(zip!.content as Uint8Array)))
        if (!name.includes('/')) writeFileSync(join(folder, name), bytes);
      const lines = ['A good film', 'no\u00a0break of\u000bit', 'of it all, no break: good'];
      const { stdout } = spawnSync(python!, [join(folder, 'score.py')], {
        input: `\ufeff${lines.join('\r\n')}\r\n`,
        encoding: 'utf8',
      });
      const ranks = rankByWord(vocabulary);
      const ids = lines.map((line) => idsFromRanks(encodeText(line, ranks), num_words, KERAS_CONVENTIONS));
      const inputs = padSequences(ids, STEPS, { padding: 'pre', truncating: 'pre' });
      const expected = await predictWith(graph, trained.state.weights, inputs, [lines.length, STEPS]);
      const rows = stdout.trimEnd().split('\n');
      expect(rows.map((row) => row.split('\t')[1])).toEqual(lines);
      expect(largest(expected, rows.map(parseFloat))).toBeLessThan(TOLERANCE);
    },
    PATIENCE_MS,
  );

  it.skipIf(!hasReticulate)(
    'models load from R too, are compiled and predict the same',
    async () => {
      const folder = temporaryFolder();
      const names = ['lecture-simple-rnn', 'lecture-book-lstm', 'bidirectional-BookLSTM-masked', 'branches'];
      const chosen = models.filter(({ name }) => names.includes(name));
      const all = await Promise.all(chosen.map((graph) => trainedExample(graph)));
      const writing = all.flatMap((trained) => [
        write(folder, trained, 'keras'),
        write(folder, trained, 'h5'),
      ]);
      const cases = await Promise.all(writing);
      const answers = await askKeras(folder, cases, true);
      for (const { run, probe } of all)
        for (const format of ['keras', 'h5']) {
          const answer = answers.get(`${run.name}-${format}.${format}`)!;
          expect(answer).toMatchObject({ parameters: run.parameters, compiled: true, optimizer: 'rm_sprop' });
          expect(largest(answer.outputs, probe!.expected), answer.file).toBeLessThan(TOLERANCE);
        }
    },
    PATIENCE_MS,
  );

  it.each(['keras', 'h5'] as const)(
    'a model as %s is trained on for an epoch in both: the losses are the same, and the predictions after it',
    async (format) => {
      const folder = temporaryFolder();
      const graph = models.find(({ name }) => name === 'branches')!;
      const cases: Case[] = [];
      for (const [i, optimizer] of OPTIMIZERS.entries()) {
        const trained = await trainedExample(graph, { name: `on-${i}`, training: { optimizer } });
        const written = await write(folder, withoutDropout(trained), format);
        cases.push({ ...written, train: [`back-${i}.keras`] });
      }
      const all = await trainedExample(held, { training: { optimizer: OPTIMIZERS[2]! } });
      cases.push({ ...(await write(folder, all, format)), train: ['held-back.keras'] });
      const untrained = await trainedExample(graph, { name: 'untrained' });
      untrained.state.slots = [];
      untrained.state.position.iterations = 0;
      cases.push({ ...(await write(folder, withoutDropout(untrained), format)), train: ['begun.keras'] });
      const answers = await askKeras(folder, cases);
      for (const one of cases) {
        const { loss, outputs } = answers.get(one.file)!;
        // Keras does not restore an optimizer's state from the older form so that it can train with it.
        const anew = format === 'h5' || one.file.startsWith('untrained');
        const ours = await trainEpoch(join(folder, one.file), one, anew);
        expect(Math.abs(ours.loss - loss!), one.file).toBeLessThan(TOLERANCE);
        expect(largest(ours.outputs, outputs), one.file).toBeLessThan(TOLERANCE);
      }
    },
    PATIENCE_MS,
  );

  it.each([
    ['keras', 12],
    ['h5', 0],
  ] as const)(
    'a model goes out as %s, is trained on in Keras, and comes back',
    async (format, updates) => {
      const folder = temporaryFolder();
      const names = ['lecture-lstm', 'lecture-book-lstm', 'bidirectional-GRU-masked', 'branches'];
      const chosen = models.filter(({ name }) => names.includes(name));
      const cases: Case[] = [];
      for (const graph of [...chosen, await rewritten()]) {
        const optimizer = { name: 'adam', learning_rate: 0.01 } as never;
        const trained = await trainedExample(graph, { training: { optimizer } });
        const back = [`${graph.name}-back.keras`, `${graph.name}-back.h5`];
        cases.push({ ...(await write(folder, trained, format)), train: back });
      }
      const answers = await askKeras(folder, cases);
      for (const { file, inputs, shape, train } of cases) {
        const { outputs, iterations } = answers.get(file)!;
        expect(iterations).toBe(updates);
        for (const name of train!) {
          const { graph, weights, compiled } = await readModel(join(folder, name));
          // Six examples, two a batch.
          expect(compiled!.compiled).toMatchObject({ iterations: updates + 3, loss: 'binary_crossentropy' });
          expect(
            largest(await predictWith(graph, weights!, Int32Array.from(inputs), shape), outputs),
            name,
          ).toBeLessThan(TOLERANCE);
        }
      }
    },
    PATIENCE_MS,
  );
});
