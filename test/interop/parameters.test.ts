/**
 * Models that Keras saves with one parameter of one layer changed, read and compared with what Keras predicts. What is not read
 * is refused by name. Like `keras.test.ts`, it needs a Python with Keras 3, named by UNROLL_TEST_PYTHON.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readModel } from '../../src/main/importers/models/index.ts';
import { temporaryFolder } from '../unit/main/workspace.ts';
import { predictWith } from '../unit/predict-with.ts';

const python = process.env.UNROLL_TEST_PYTHON;

interface Case {
  file: string;
  name: string;
  inputs: number[];
  shape: number[];
  dtype: 'int32' | 'float32';
  outputs: number[];
}

/** Gates without an upper end let float32's rounding grow with the state. */
const TOLERANCE = 3e-5;
const PATIENCE_MS = 10 * 60_000;

/** What a case is refused for; null where it predicts the same, else how far it is off. */
async function fate(
  folder: string,
  { file, inputs, shape, dtype, outputs }: Case,
): Promise<string | number | null> {
  let model;
  try {
    model = await readModel(join(folder, file));
  } catch (error) {
    return String(error);
  }
  const values = dtype === 'int32' ? Int32Array.from(inputs) : Float32Array.from(inputs);
  const predicted = await predictWith(model.graph, model.weights!, values, shape);
  const size = Math.max(1, ...outputs.map(Math.abs));
  const largest = Math.max(...outputs.map((value, i) => Math.abs(value - predicted[i]!))) / size;
  return predicted.length === outputs.length && largest < TOLERANCE ? null : largest;
}

/** What Keras computes and no graph of the catalogue's layers does. */
const REFUSED = [/ glu$/, /refused/];

describe.skipIf(python === undefined)('models of Keras with one parameter changed', () => {
  it.each([
    'activations',
    'gates',
    'cells',
    'directions',
    'windows',
    'others',
    'states',
    'apart',
    'masks',
    'stateful',
  ])(
    '%s',
    async (kind) => {
      const folder = temporaryFolder();
      const script = join(import.meta.dirname, 'make_parameter_models.py');
      const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' };
      const made = spawnSync(python!, [script, folder, kind], { env, encoding: 'utf8' });
      expect(made.status, made.stderr.slice(-3000)).toBe(0);
      const cases = JSON.parse(readFileSync(join(folder, `${kind}.json`), 'utf8')) as Case[];
      const otherwise: string[] = [];
      for (const one of cases) {
        const found = await fate(folder, one);
        const refused = REFUSED.some((pattern) => pattern.test(one.name));
        const right = refused ? typeof found === 'string' : found === null;
        if (!right) otherwise.push(`${one.name} in ${one.file}: ${found}`);
      }
      expect(otherwise, `of ${cases.length}`).toEqual([]);
    },
    PATIENCE_MS,
  );
});
