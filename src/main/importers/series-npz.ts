/**
 * NumPy archives of numeric series: `x` of the shape (examples, steps, features) with one number of `y` for each example,
 * or `x_train`, `y_train` and, where the test split is given, `x_test`, `y_test`. Steps of one number need no third axis.
 */
import type { Split } from '../../shared/data/dataset.ts';
import { UnrollError } from '../../shared/errors.ts';
import { readBeginning } from './files.ts';
import { letOthersRun, stopIfCancelled, type ImportContext } from './importer.ts';
import { holdsNumbers, readArray, type NumberArray } from './npy.ts';
import type { SeriesRead } from './series-read.ts';
import { readZip, readZipBeginning } from './zip.ts';

const SHAPES = 'Save x as (examples, steps, features) and y with one number for each example.';
const MISSING = 'Put a number there, or leave that example out.';

/** Whether this is a zip archive whose inputs are an array of numbers, not of Keras's lists. @throws UnrollError `file-missing` */
export async function isSeriesArchive(path: string): Promise<boolean> {
  if ((await readBeginning(path, 4)).toString('latin1') !== 'PK\x03\x04') return false;
  const beginning = await readZipBeginning(path, ['x.npy', 'x_train.npy']);
  return beginning !== null && holdsNumbers(beginning);
}

/** @throws UnrollError `file-damaged`, `file-malformed`, `file-too-large`, `cancelled` */
export async function readSeriesArchive(path: string, context: ImportContext): Promise<SeriesRead> {
  const names = ['x', 'y', 'x_train', 'y_train', 'x_test', 'y_test'];
  context.progress(0.1, 'Inflating');
  const entries = await readZip(
    path,
    names.map((name) => `${name}.npy`),
  );
  const arrayOf = (name: string): NumberArray => {
    const bytes = entries.get(`${name}.npy`);
    if (bytes) return readArray({ path, entry: `${name}.npy`, bytes });
    throw malformed(path, `it has no array ${name}.`);
  };
  const parts: { suffix: string; split: Split }[] = entries.has('x_train.npy')
    ? [
        { suffix: '_train', split: 'train' },
        ...(entries.has('x_test.npy') ? [{ suffix: '_test', split: 'test' } as const] : []),
      ]
    : [{ suffix: '', split: 'train' }];
  const read: Required<SeriesRead> = { all: [], width: 0, splits: [], doubts: [] };
  for (const { suffix, split } of parts) {
    await letOthersRun();
    stopIfCancelled(context.signal, 'The import');
    const [x, y] = [`x${suffix}`, `y${suffix}`];
    const { all, width } = examplesOf(path, x, arrayOf(x), y, arrayOf(y));
    if (read.width !== 0 && width !== read.width)
      throw malformed(path, `${x} has ${width} features where x_train has ${read.width}.`);
    read.width = width;
    for (const example of all) {
      read.all.push(example);
      read.splits.push(split);
    }
  }
  const { splits, ...held } = read;
  return splits.includes('test') ? read : held;
}

function examplesOf(path: string, xName: string, x: NumberArray, yName: string, y: NumberArray): SeriesRead {
  const shown = ({ shape }: NumberArray) => `(${shape.join(', ')})`;
  const [examples = 0, steps = 0, width = 1] = x.shape;
  // Whole numbers in two dimensions are ids of words as often as they are measured.
  const fits = x.shape.length === 3 || (x.shape.length === 2 && !x.whole);
  if (!fits || steps < 1 || width < 1)
    throw malformed(path, `${xName} has the shape ${shown(x)}${x.whole ? ' of whole numbers' : ''}.`);
  if (y.shape[0] !== examples || y.shape.slice(1).some((size) => size !== 1))
    throw malformed(path, `${yName} has the shape ${shown(y)} for ${examples} examples.`);
  const size = steps * width;
  const all = Array.from({ length: examples }, (_, example) => {
    const values = Float32Array.from({ length: size }, (_none, at) => x.numberAt(example * size + at));
    const odd = values.findIndex((value) => !Number.isFinite(value));
    const place = `example ${example} (from 0)`;
    if (odd >= 0)
      throw malformed(
        path,
        `${place} of ${xName} holds ${values[odd]} at step ${Math.floor(odd / width)}.`,
        MISSING,
      );
    const label = y.numberAt(example);
    if (!Number.isFinite(label)) throw malformed(path, `${place} of ${yName} is ${label}.`, MISSING);
    return { values, label: String(label), line: example + 1 };
  });
  return { all, width };
}

function malformed(path: string, reason: string, fix = SHAPES): UnrollError {
  return new UnrollError('file-malformed', { path, reason, fix });
}
