/** A tfjs LayersModel: the folder `path` with `model.json` (Keras's topology) and `weights.bin`, for `tf.loadLayersModel`. */
import { fork } from 'node:child_process';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { analyse } from '../../shared/graph/analyse.ts';
import type { ModelGraph } from '../../shared/graph/graph.ts';
import { UnrollError } from '../../shared/errors.ts';
import { join, resolve } from 'node:path';
import { unpackedPath } from '../package-root.ts';
import type { Exported, Exporter, Probe, Trained } from './exporter.ts';
import type { ReloadRequest } from './tfjs-reload.ts';

/** tfjs computes in float32 as we do; what is left is the order of sums. */
const TOLERANCE = 1e-4;

const unsupported = (layer: string, reason: string) =>
  new UnrollError('export-unsupported', { layer, format: 'tfjs', reason });

/** A layer as tfjs reads it: Keras's names, Input under its Keras class name. */
function layerEntry({
  id,
  type,
  inputs,
  config,
}: {
  id: string;
  type: string;
  inputs: readonly string[];
  config: Record<string, unknown>;
}) {
  if (type === 'BookLSTM') throw unsupported(id, 'tfjs has no such layer');
  if (type === 'GRU' && config.reset_after === true)
    throw unsupported(id, 'tfjs has no GRU with reset_after');
  if (type === 'Input') {
    const shape = {
      batch_input_shape: [null, ...(config.shape as (number | null)[])],
      dtype: config.dtype,
      sparse: false,
    };
    return { name: id, class_name: 'InputLayer', config: { ...shape, name: id }, inbound_nodes: [] };
  }
  const from = inputs.map((input) => [input, 0, 0, {}]);
  return {
    name: id,
    class_name: type,
    config: { ...config, name: id, trainable: true },
    inbound_nodes: [from],
  };
}

function topology(graph: ModelGraph): object {
  const layers = analyse(graph).nodes.map(layerEntry);
  const consumed = new Set(graph.nodes.flatMap(({ inputs }) => inputs));
  const ends = (ids: string[]) => ids.map((id) => [id, 0, 0]);
  return {
    class_name: 'Model',
    config: {
      name: graph.name,
      layers,
      input_layers: ends(
        layers.filter(({ class_name }) => class_name === 'InputLayer').map(({ name }) => name),
      ),
      output_layers: ends(layers.filter(({ name }) => !consumed.has(name)).map(({ name }) => name)),
    },
    keras_version: 'tfjs-layers 4.22.0',
    backend: 'tensor_flow.js',
  };
}

async function writeFiles({ run, weights }: Trained, folder: string): Promise<void> {
  const model = {
    format: 'layers-model',
    generatedBy: 'Unroll',
    convertedBy: null,
    modelTopology: topology(run.graph),
    weightsManifest: [
      {
        paths: ['weights.bin'],
        weights: weights.map(({ name, shape }) => ({ name, shape, dtype: 'float32' })),
      },
    ],
  };
  const bytes = weights.map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  await writeFile(join(folder, 'model.json'), JSON.stringify(model));
  await writeFile(join(folder, 'weights.bin'), Buffer.concat(bytes));
}

/** Predicts the probe in a process that has plain tfjs and nothing of ours. */
function reload(folder: string, { inputs, examples, maxlen }: Probe): Promise<Float32Array> {
  const child = fork(unpackedPath('dist', 'reload', 'tfjs.js'), [], {
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let complaint = '';
  child.stderr
    ?.setEncoding('utf8')
    .on('data', (text: string) => (complaint = (complaint + text).slice(-2000)));
  const { promise, resolve: answer, reject } = Promise.withResolvers<Float32Array>();
  child.once('message', (outputs) => answer(outputs as Float32Array));
  child.once('error', reject);
  child.once('exit', () => {
    const reason = /^\w*Error: .*$/m.exec(complaint)?.[0] ?? 'the check of the exported model ended early.';
    reject(new UnrollError('internal', { reason }));
  });
  const request: ReloadRequest = { path: join(folder, 'model.json'), inputs, shape: [examples, maxlen] };
  child.send(request);
  return promise;
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Infinity;
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i]!)), 0);
}

async function verify(folder: string, probe: Probe): Promise<number> {
  const difference = largestDifference(await reload(folder, probe), probe.expected);
  if (!(difference <= TOLERANCE)) throw new UnrollError('export-differs', { format: 'tfjs', difference });
  return difference;
}

export const tfjsExporter: Exporter = {
  format: 'tfjs',
  needsWeights: true,
  async write(trained, path): Promise<Exported> {
    const place = resolve(path);
    const fresh = `${place}.${process.pid}.part`;
    await mkdir(fresh, { recursive: true });
    try {
      await writeFiles(trained, fresh);
      const maxAbsDifference = trained.probe ? await verify(fresh, trained.probe) : null;
      await rename(fresh, place);
      return { path: place, verified: maxAbsDifference !== null, maxAbsDifference };
    } catch (error) {
      await rm(fresh, { recursive: true, force: true });
      const taken = ['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(
        String((error as NodeJS.ErrnoException).code),
      );
      throw taken ? new UnrollError('name-taken', { kind: 'folder', name: place }, { cause: error }) : error;
    }
  },
};
