/**
 * Exports in real Keras, and back. It needs a Python with Keras 3 (`pip install keras tensorflow`), named by
 * UNROLL_TEST_PYTHON; without it nothing here runs, and that is said.
 */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { exporterFor } from '../../src/main/exporters/index.ts';
import type { ExportFormat, Probe, Trained } from '../../src/main/exporters/exporter.ts';
import { readModel } from '../../src/main/importers/models/index.ts';
import { models } from '../unit/main/exporters/models.ts';
import { trainedExample } from '../unit/main/exporters/trained-example.ts';
import { temporaryFolder } from '../unit/main/workspace.ts';
import { predictWith } from '../unit/predict-with.ts';

const python = process.env.UNROLL_TEST_PYTHON;
if (python === undefined)
  console.warn('SKIPPED: UNROLL_TEST_PYTHON names no Python with Keras 3, so no export was loaded in Keras.');

const TOLERANCE = 1e-5;
const PATIENCE_MS = 5 * 60_000;

interface Answer {
  file: string;
  parameters: number;
  compiled: boolean;
  optimizer: string | null;
  iterations: number | null;
  outputs: number[];
}

interface Case {
  file: string;
  inputs: number[];
  shape: number[];
  dtype: 'int32' | 'float32';
  train?: string[];
}

const shapeOf = ({ examples, maxlen, width }: Probe): number[] => [examples, maxlen, width ?? []].flat();

async function askKeras(folder: string, cases: readonly Case[]): Promise<Map<string, Answer>> {
  writeFileSync(join(folder, 'cases.json'), JSON.stringify(cases));
  const child = spawn(python!, [join(import.meta.dirname, 'check_exports.py'), folder], {
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' },
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

const largest = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)));

describe.skipIf(python === undefined)('in real Keras', () => {
  it.each(['keras', 'h5', 'python'] as const)(
    'every model as %s loads, is compiled and predicts the same',
    async (format) => {
      const folder = temporaryFolder();
      const all = await Promise.all(models.map((graph) => trainedExample(graph)));
      const cases = await Promise.all(all.map((trained) => write(folder, trained, format)));
      const answers = await askKeras(folder, cases);
      for (const { run, probe } of all) {
        const answer = answers.get(`${run.name}-${format}${exporterFor(format).ending}`)!;
        expect(answer).toMatchObject({ parameters: run.parameters, compiled: true, optimizer: 'rm_sprop' });
        expect(largest(answer.outputs, probe!.expected), run.name).toBeLessThan(TOLERANCE);
      }
    },
    PATIENCE_MS,
  );

  it(
    'a model goes out, is trained on in Keras, and comes back',
    async () => {
      const folder = temporaryFolder();
      const names = ['lecture-lstm', 'lecture-book-lstm', 'bidirectional-GRU-masked', 'branches'];
      const chosen = models.filter(({ name }) => names.includes(name));
      const cases: Case[] = [];
      for (const graph of chosen) {
        const optimizer = { name: 'adam', learning_rate: 0.01 } as never;
        const trained = await trainedExample(graph, { training: { optimizer } });
        const back = [`${graph.name}-back.keras`, `${graph.name}-back.h5`];
        cases.push({ ...(await write(folder, trained, 'keras')), train: back });
      }
      const answers = await askKeras(folder, cases);
      for (const { file, inputs, shape, train } of cases) {
        const { outputs, iterations } = answers.get(file)!;
        expect(iterations).toBe(12);
        for (const name of train!) {
          const { graph, weights } = await readModel(join(folder, name));
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
