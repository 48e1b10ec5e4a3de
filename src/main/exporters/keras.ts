/** Keras's own files, written with HDF5: the `.keras` zip of Keras 3 and the older whole-model `.h5`. */
import { basename, join } from 'node:path';
import { zipSync } from 'fflate';
import { writeHdf5 } from '../hdf5/hdf5.ts';
import { h5File } from '../importers/models/h5-file.ts';
import { kerasFile } from '../importers/models/keras-file.ts';
import type { ModelReader } from '../importers/models/model-importer.ts';
import type { Check, CheckTools, Exporter, Trained } from './exporter.ts';
import { bookLstmFiles } from './keras/book-lstm-files.ts';
import { compileConfig, KERAS_VERSION, serialiseModel } from './keras/config.ts';
import { requireKerasNames } from './keras/names.ts';
import { legacyWeights, placeWeights, weightsFile } from './keras/weights.ts';

async function kerasBytes({ run, state }: Trained): Promise<Uint8Array> {
  const { analysis, layers, model } = serialiseModel(run.graph);
  const placed = placeWeights(layers, analysis, state.weights);
  const compile_config = compileConfig(run.training, state.position.learningRate);
  const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  const metadata = { keras_version: KERAS_VERSION, date_saved: savedAt(new Date()) };
  const weights = await writeHdf5(weightsFile(placed, state, run.training));
  const entries = {
    'metadata.json': text(metadata),
    'config.json': text({ ...model, compile_config }),
    'model.weights.h5': weights,
  };
  // Keras stores without compression, since weights hardly shrink.
  return zipSync(entries, { level: 0 });
}

/** `2026-11-23@07:54:08`, in the time of the machine, as Keras writes it. */
function savedAt(now: Date): string {
  const local = new Date(now.getTime() - 60_000 * now.getTimezoneOffset());
  return local.toISOString().slice(0, 19).replace('T', '@');
}

async function h5Bytes({ run, state }: Trained): Promise<Uint8Array> {
  const { analysis, layers, model } = serialiseModel(run.graph);
  const placed = placeWeights(layers, analysis, state.weights);
  // A Sequential does not list its Input.
  const inputs =
    model.class_name === 'Sequential'
      ? []
      : layers.filter(({ type }) => type === 'Input').map(({ id }) => id);
  const { groups, arrays } = legacyWeights(placed, inputs, state, run.training);
  const { optimizer, ...compiled } = compileConfig(run.training, state.position.learningRate);
  const { class_name, config } = optimizer as { class_name: string; config: object };
  groups.set(
    '',
    new Map([
      ['backend', 'tensorflow'],
      ['keras_version', KERAS_VERSION],
      ['model_config', JSON.stringify({ class_name: model.class_name, config: model.config })],
      ['training_config', JSON.stringify({ ...compiled, optimizer_config: { class_name, config } })],
    ]),
  );
  const weights = groups.get('model_weights')!;
  weights.set('backend', 'tensorflow').set('keras_version', KERAS_VERSION);
  return writeHdf5({ groups, arrays });
}

/** Reads the file as any file from elsewhere, and predicts with the model it gives. */
async function check(
  reader: ModelReader,
  path: string,
  { probe, run }: Trained,
  { predict }: CheckTools,
): Promise<Check> {
  const { graph, weights } = await reader.read(path);
  const outputs = probe && (await predict(graph, weights!, probe));
  const what = 'read back from the file and predicted with in a process of its own';
  const modules = bookLstmFiles(run.graph, basename(path)).map(({ name }) => name);
  const needed = modules.length > 0 ? `, and Keras needs ${modules.join(' or ')} to load it` : '';
  return { what: what + needed, outputs };
}

function exporter(
  format: 'keras' | 'h5',
  bytes: (trained: Trained) => Promise<Uint8Array>,
  reader: ModelReader,
): Exporter {
  return {
    format,
    ending: `.${format}`,
    async files(trained, name) {
      requireKerasNames(trained.run.graph, format);
      return [{ name, content: await bytes(trained) }, ...bookLstmFiles(trained.run.graph, name)];
    },
    check: (folder, [main], trained, tools) => check(reader, join(folder, main!.name), trained, tools),
  };
}

export const kerasExporter = exporter('keras', kerasBytes, kerasFile);
export const h5Exporter = exporter('h5', h5Bytes, h5File);
