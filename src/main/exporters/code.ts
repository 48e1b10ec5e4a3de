/** The run as a script for Keras in Python or R, which loads the weights that go along and runs as it stands. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readHdf5, writeHdf5 } from '../hdf5/hdf5.ts';
import { UnrollError } from '../../shared/errors.ts';
import { dataFile } from './code/data-file.ts';
import { pythonScript } from './code/python.ts';
import { rScript } from './code/r.ts';
import { filesBeside, type ScriptFiles } from './code/script.ts';
import type { Check, Exporter, ExportFile, ExportFormat, Trained } from './exporter.ts';
import { serialiseModel } from './keras/config.ts';
import { requireKerasNames } from './keras/names.ts';
import { placeWeights, weightsFile } from './keras/weights.ts';

type Script = (trained: Trained, name: string, files: ScriptFiles) => string;

/** Weights as `model.load_weights` takes them, without the optimizer, which a script makes anew. */
async function weightBytes({ run, state }: Trained): Promise<Uint8Array> {
  const { analysis, layers } = serialiseModel(run.graph);
  const placed = placeWeights(layers, analysis, state.weights);
  return writeHdf5(weightsFile(placed, { ...state, slots: [] }, run.training));
}

async function files(trained: Trained, name: string, script: Script): Promise<ExportFile[]> {
  const beside = filesBeside(trained, name);
  return [
    { name, content: script(trained, name, beside) },
    { name: beside.weights, content: await weightBytes(trained) },
    ...(beside.vocabulary ? [{ name: beside.vocabulary, content: JSON.stringify(trained.vocabulary) }] : []),
    ...(beside.data && trained.withData ? [{ name: beside.data, content: dataFile(trained) }] : []),
  ];
}

/** Code is not run here, but the weights it loads are read back. @throws UnrollError `export-differs` */
async function check(
  folder: string,
  [main, weights]: readonly ExportFile[],
  trained: Trained,
  format: ExportFormat,
): Promise<Check> {
  const { state, withData } = trained;
  const path = join(folder, weights!.name);
  const { arrays } = await readHdf5(await readFile(path), path);
  const count = [...arrays.keys()].filter((name) => name.startsWith('layers/')).length;
  if (count !== state.weights.length)
    throw new UnrollError('export-differs', { format, difference: 'its weights' });
  const { data } = filesBeside(trained, main!.name);
  const examples = withData
    ? `, with all examples in ${data}`
    : `, and cannot fit without ${data}, which goes only with a script that is exported with its data`;
  return { what: `code is written, not run${data === null ? '' : examples}`, outputs: null };
}

function codeExporter(format: 'python' | 'r', ending: string, script: Script): Exporter {
  return {
    format,
    ending,
    files(trained, name) {
      requireKerasNames(trained.run.graph, format);
      return files(trained, name, script);
    },
    check: (folder, written, trained) => check(folder, written, trained, format),
  };
}

export const pythonExporter = codeExporter('python', '.py', pythonScript);
export const rExporter = codeExporter('r', '.R', rScript);
