/**
 * A process of its own that knows nothing of ours: it loads an exported model with plain tfjs and predicts. What it answers
 * is compared with our own predictions. Message in: `ReloadRequest`; message out: the outputs as a Float32Array.
 */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
// tfjs-layers calls operations as methods of tensors.
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import * as tf from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs-layers';

export interface ReloadRequest {
  /** Path of the exported `model.json`. */
  path: string;
  /** Padded ids, examples x maxlen. */
  inputs: Int32Array;
  shape: [examples: number, maxlen: number];
}

/** What the loader needs of a file written by the exporter. */
interface ModelFile {
  modelTopology: object;
  weightsManifest: { paths: string[]; weights: tf.io.WeightsManifestEntry[] }[];
}

async function load(path: string): Promise<tf.io.ModelArtifacts> {
  const { modelTopology, weightsManifest } = JSON.parse(await readFile(path, 'utf8')) as ModelFile;
  const bytes = await Promise.all(
    weightsManifest.flatMap(({ paths }) => paths).map((name) => readFile(join(dirname(path), name))),
  );
  const weightData = new Uint8Array(Buffer.concat(bytes)).buffer;
  return { modelTopology, weightSpecs: weightsManifest.flatMap(({ weights }) => weights), weightData };
}

async function predict({ path, inputs, shape }: ReloadRequest): Promise<Float32Array> {
  await tf.setBackend('cpu');
  const model = await loadLayersModel({ load: () => load(path) });
  const output = model.predict(tf.tensor2d(inputs, shape, 'int32')) as tf.Tensor;
  return (await output.data()) as Float32Array;
}

process.once('message', (request: ReloadRequest) => {
  void predict(request).then((outputs) => process.send?.(outputs, () => process.exit(0)));
});
