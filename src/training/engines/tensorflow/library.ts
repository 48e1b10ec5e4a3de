/**
 * Loads what an installation brought: tfjs-node's kernels and its backend on TensorFlow's library. They find our tensorflow.js
 * under `TFJS_SYMBOL`; tfjs-node's own entry is not used, since it looks for a binding that it downloads itself.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import {
  INSTALLATION_FILE,
  TENSORFLOW_FILES,
  TFJS_SYMBOL,
  parseInstallation,
} from '../../../shared/engine-installation.ts';
import type { TensorflowInstallation } from '../../../shared/engine-installation.ts';

/** A tensor as the binding hands it out. */
export interface RawTensor {
  id: number;
  shape: number[];
  dtype: number;
}

export interface OpAttribute {
  name: string;
  type: number;
  value: number | boolean | string | readonly number[];
}

/** The native module: binding/tfjs_backend.cc in @tensorflow/tfjs-node. */
export interface Binding {
  createTensor(
    shape: readonly number[],
    dtype: number,
    values: Float32Array | Int32Array | Uint8Array,
  ): number;
  deleteTensor(id: number): void;
  executeOp(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly number[],
    outputs: number,
  ): RawTensor[];
  tensorDataSync(id: number): Float32Array | Int32Array | Uint8Array;
  isUsingGpuDevice(): boolean;
  TF_FLOAT: number;
  TF_INT32: number;
  TF_INT64: number;
  TF_BOOL: number;
  TF_ATTR_BOOL: number;
  TF_ATTR_FLOAT: number;
  TF_ATTR_INT: number;
  TF_ATTR_STRING: number;
  TF_ATTR_TYPE: number;
}

/** What tfjs-node's backend (nodejs_kernel_backend.ts) has beyond every backend. */
export interface NodeBackend extends tf.KernelBackend {
  readonly binding: Binding;
  readonly tensorMap: tf.DataStorage<object>;
  getInputTensorIds(tensors: readonly tf.TensorInfo[]): number[];
  createOutputTensor(tensor: RawTensor): tf.Tensor;
}

export interface Tensorflow {
  installation: TensorflowInstallation;
  backend: NodeBackend;
}

/** The folder of this engine, of those main has put into `UNROLL_ENGINES`; null where there is none. */
export function installationFolder(): string | null {
  const engines = process.env.UNROLL_ENGINES;
  return engines ? join(engines, 'tensorflow') : null;
}

/** What is installed in a folder; null where nothing is, or nothing this version can use. */
export function readInstallation(folder: string): TensorflowInstallation | null {
  const path = join(folder, INSTALLATION_FILE);
  return existsSync(path) ? parseInstallation(readFileSync(path, 'utf8')) : null;
}

/**
 * Loads the library into this process, where it stays to its end.
 * @param threads for one operation; TensorFlow reads them once, from the environment
 * @throws Error of the system's loader, or of TensorFlow
 */
export function loadTensorflow(folder: string, threads: number): Tensorflow {
  const installation = readInstallation(folder);
  if (!installation) throw new Error(`${join(folder, INSTALLATION_FILE)} cannot be read`);
  process.env.TF_NUM_INTRAOP_THREADS = String(threads);
  process.env.TF_NUM_INTEROP_THREADS = String(threads);
  // A card is shared: by what draws the screen, and by runs beside this one.
  process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true';
  // A card would round the factors of its products to ten bits, and train otherwise than every other engine.
  process.env.NVIDIA_TF32_OVERRIDE ??= '0';
  // Only errors: its advice goes to nobody here.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  restoreRemovedFunction();
  offerTfjs();
  const require = createRequire(join(folder, INSTALLATION_FILE));
  const packageFile = (path: string): string =>
    join(folder, TENSORFLOW_FILES.packages, '@tensorflow/tfjs-node/dist', path);
  const binding = require(join(folder, TENSORFLOW_FILES.binding)) as Binding;
  require(packageFile('register_all_kernels.js'));
  const { NodeJSKernelBackend } = require(packageFile('nodejs_kernel_backend.js')) as {
    NodeJSKernelBackend: new (binding: Binding, packageName: string) => NodeBackend;
  };
  return { installation, backend: new NodeJSKernelBackend(binding, '@tensorflow/tfjs-node') };
}

/** tfjs-node 4.22 calls `util.isNullOrUndefined`, which Node 23 removed (tensorflow/tfjs#8609). */
function restoreRemovedFunction(): void {
  const util = process.getBuiltinModule('node:util') as { isNullOrUndefined?: (value: unknown) => boolean };
  util.isNullOrUndefined ??= (value) => value === null || value === undefined;
}

/** tfjs-node is compiled for ES5 and calls the constructor it inherits from as a function, which a class refuses. */
function offerTfjs(): void {
  const KernelBackend = function (): void {};
  KernelBackend.prototype = tf.KernelBackend.prototype;
  (globalThis as Record<symbol, unknown>)[Symbol.for(TFJS_SYMBOL)] = { ...tf, KernelBackend };
}
