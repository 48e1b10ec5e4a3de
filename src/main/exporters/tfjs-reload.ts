/**
 * A process of its own that knows nothing of ours: it loads an exported model with plain tfjs and predicts. What it answers
 * is compared with our own predictions. Message in: `ReloadRequest`; message out: the outputs as a Float32Array.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import '@tensorflow/tfjs-backend-cpu';
// tfjs-layers calls operations as methods of tensors.
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import * as core from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import type { ReloadRequest } from './reload.ts';

/** What the package `@tensorflow/tfjs` gives. */
const tf = { ...core, ...layers };

/** What the loader needs of a file written by the exporter. */
interface ModelFile {
  modelTopology: object;
  weightsManifest: { paths: string[]; weights: core.io.WeightsManifestEntry[] }[];
}

async function load(path: string): Promise<core.io.ModelArtifacts> {
  const { modelTopology, weightsManifest } = JSON.parse(await readFile(path, 'utf8')) as ModelFile;
  const bytes = await Promise.all(
    weightsManifest.flatMap(({ paths }) => paths).map((name) => readFile(join(dirname(path), name))),
  );
  const weightData = new Uint8Array(Buffer.concat(bytes)).buffer;
  return { modelTopology, weightSpecs: weightsManifest.flatMap(({ weights }) => weights), weightData };
}

/** The layers that go with a model where tfjs has none of their kind. */
async function registerOwnLayers(folder: string): Promise<void> {
  const path = join(folder, 'unroll-layers.mjs');
  if (!existsSync(path)) return;
  const { register } = (await import(/* @vite-ignore */ pathToFileURL(path).href)) as {
    register: (library: typeof tf) => void;
  };
  register(tf);
}

async function predict({ path, inputs, shape }: ReloadRequest): Promise<Float32Array> {
  await tf.setBackend('cpu');
  await registerOwnLayers(dirname(path));
  const model = await tf.loadLayersModel({ load: () => load(path) });
  const dtype = inputs instanceof Int32Array ? 'int32' : 'float32';
  const output = model.predict(tf.tensor(inputs, shape, dtype)) as core.Tensor;
  return (await output.data()) as Float32Array;
}

process.once('message', (request: ReloadRequest) => {
  void predict(request).then((outputs) => process.send?.(outputs, () => process.exit(0)));
});
