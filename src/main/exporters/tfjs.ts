/** A tfjs LayersModel: the folder `path` with `model.json` (Keras's topology) and `weights.bin`, for `tf.loadLayersModel`. */
import { fork } from 'node:child_process';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { requireValid } from '../../shared/graph/analyse.ts';
import type { LayerNode, ModelGraph } from '../../shared/graph/graph.ts';
import { layerDefinition } from '../../shared/layers/index.ts';
import { UnrollError } from '../../shared/errors.ts';
import { join, resolve } from 'node:path';
import { unpackedPath } from '../package-root.ts';
import type { Exported, Exporter, Probe, Trained } from './exporter.ts';
import type { ReloadRequest } from './tfjs-reload.ts';

/** tfjs computes in float32 as we do; what is left is the order of sums. */
const TOLERANCE = 1e-4;

const unsupported = (layer: string, reason: string) =>
  new UnrollError('export-unsupported', { layer, format: 'tfjs', reason });

/** Keras's short names that tfjs does not know. */
const INITIALIZERS: Readonly<Record<string, string>> = { uniform: 'random_uniform', normal: 'random_normal' };

/** A layer's own part: its Keras class name, and parameters under Keras's names. */
function layerConfig(id: string, type: string, config: Record<string, unknown>) {
  if (type === 'BookLSTM') throw unsupported(id, 'tfjs has no such layer');
  if (type === 'GRU' && config.reset_after === true)
    throw unsupported(id, 'tfjs has no GRU with reset_after');
  const own = Object.entries(config).map(([key, value]) => [key, INITIALIZERS[String(value)] ?? value]);
  return { class_name: type, config: { ...Object.fromEntries(own), name: id, trainable: true } };
}

/** A wrapped layer has its base name, from which both sides name the weights of the two directions. */
function bidirectionalConfig(id: string, config: Record<string, unknown>) {
  const layer = config.layer as { type: string; config: Record<string, unknown> };
  const { baseName } = layerDefinition(layer.type);
  return layerConfig(id, 'Bidirectional', {
    ...config,
    layer: layerConfig(baseName, layer.type, layer.config),
  });
}

function layerEntry({ id, type, inputs }: LayerNode, config: Record<string, unknown>) {
  if (type === 'Input') {
    const shape = [null, ...(config.shape as readonly (number | null)[])];
    const own = { batch_input_shape: shape, dtype: config.dtype, sparse: false, name: id };
    return { name: id, class_name: 'InputLayer', config: own, inbound_nodes: [] };
  }
  const own = type === 'Bidirectional' ? bidirectionalConfig(id, config) : layerConfig(id, type, config);
  return { name: id, ...own, inbound_nodes: [inputs.map((input) => [input, 0, 0, {}])] };
}

function topology(graph: ModelGraph): object {
  const { order, nodes, output } = requireValid(graph);
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const inputs = order.filter((id) => byId.get(id)!.type === 'Input');
  return {
    class_name: 'Model',
    config: {
      name: graph.name,
      layers: order.map((id) => layerEntry(byId.get(id)!, nodes.get(id)!.config)),
      input_layers: inputs.map((id) => [id, 0, 0]),
      output_layers: [[output, 0, 0]],
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
    await mkdir(fresh);
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
