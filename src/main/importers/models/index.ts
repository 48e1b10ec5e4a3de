/** All readers of models, in the order in which a file is shown to them. To add one, add its file and a line here. */
import { UnrollError } from '../../../shared/errors.ts';
import { kindOfPath, readBeginning } from '../files.ts';
import { isPickle } from './archive.ts';
import { bundle } from './bundle.ts';
import { h5File } from './h5-file.ts';
import { kerasFile } from './keras-file.ts';
import { kerasJson } from './keras-json.ts';
import type { ImportedModel, ModelReader } from './model-importer.ts';
import { refuse } from './model-importer.ts';
import { runFile } from './run-file.ts';
import { tfjsModel } from './tfjs-model.ts';
import { unrollJson } from './unroll-json.ts';

/** A file may nest what it describes deeper than any call can follow. */
async function readShallow(reader: ModelReader, path: string): Promise<ImportedModel> {
  try {
    return await reader.read(path);
  } catch (error) {
    if (!(error instanceof RangeError && /call stack/.test(error.message))) throw error;
    throw new UnrollError('file-damaged', { path, reason: 'it is nested too deep.' }, { cause: error });
  }
}

const readers: readonly ModelReader[] = [
  runFile,
  bundle,
  kerasFile,
  h5File,
  tfjsModel,
  kerasJson,
  unrollJson,
];

/**
 * Reads a model of any format from a file (or the folder of a tfjs model).
 * @throws UnrollError `file-missing`, `file-damaged`, `file-unsafe`, `file-too-large`, `model-unreadable`, `model-invalid`
 */
export async function readModel(path: string): Promise<ImportedModel> {
  await kindOfPath(path);
  if (isPickle(await readBeginning(path, 2)))
    throw new UnrollError('file-unsafe', { path, reason: 'it is a pickle, a program for Python.' });
  for (const reader of readers) {
    if (await reader.match(path)) return readShallow(reader, path);
  }
  throw refuse(
    path,
    'it is no format of models that Unroll reads',
    'Give a .keras or .h5 file, the folder of a tfjs model, or Keras JSON.',
  );
}
