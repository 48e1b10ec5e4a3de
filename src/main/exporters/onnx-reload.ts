/**
 * A process of its own that has nothing of ours: it loads an exported ONNX file with ONNX Runtime and predicts.
 * Message in: `ReloadRequest`; message out: the outputs as a Float32Array.
 *
 * ONNX Runtime is its own WebAssembly build: one file for every platform, small enough to go with the application, so that an
 * export is verified where nothing else is installed.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { env, InferenceSession, Tensor } from 'onnxruntime-web';
import type { ReloadRequest } from './reload.ts';

/** The build puts them beside this file. */
const beside = (name: string): string => pathToFileURL(join(import.meta.dirname, name)).href;

async function predict({ path, inputs, shape }: ReloadRequest): Promise<Float32Array> {
  env.wasm.wasmPaths = {
    mjs: beside('ort-wasm-simd-threaded.mjs'),
    wasm: beside('ort-wasm-simd-threaded.wasm'),
  };
  env.wasm.numThreads = 1;
  const session = await InferenceSession.create(await readFile(path), { logSeverityLevel: 3 });
  const type = inputs instanceof Int32Array ? 'int32' : 'float32';
  const outputs = await session.run({
    [session.inputNames[0]!]: new Tensor(type, inputs as Float32Array, shape),
  });
  return outputs[session.outputNames[0]!]!.data as Float32Array;
}

process.once('message', (request: ReloadRequest) => {
  void predict(request).then((outputs) => process.send?.(outputs, () => process.exit(0)));
});
