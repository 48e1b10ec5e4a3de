/** The engine `tensorflow`: tfjs-node's kernels on TensorFlow's own library, where that is installed. */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { UnrollError } from '../../../shared/errors.ts';
import type { Engine } from '../engine.ts';
import { hostMemory } from '../host-memory.ts';
import { tryCudnn, type CudnnTrial } from './cudnn.ts';
import { Eager } from './eager.ts';
import { registerEmbedding } from './embedding.ts';
import { installationFolder, loadTensorflow, readInstallation, type Tensorflow } from './library.ts';
import { registerRecurrent } from './recurrent.ts';

const BACKEND = 'tensorflow';

/** The library stays loaded to the end of the process, with the threads it was first given. */
let loaded: { version: string; threads: number; device: string } | null = null;

/** @throws UnrollError `engine-unavailable` */
function load(threads: number): NonNullable<typeof loaded> {
  const { installation, backend } = loadedLibrary(threads);
  const eager = new Eager(backend);
  registerEmbedding(BACKEND);
  const trial = tryCudnn(eager);
  registerRecurrent(BACKEND, backend, eager, trial.modes);
  tf.registerBackend(BACKEND, () => backend);
  const device = backend.binding.isUsingGpuDevice()
    ? cardWords(trial)
    : processorWords(threads, installation.gpu);
  return (loaded = { version: installation.tensorflow, threads, device });
}

/** Which recurrent layers cuDNN computes; the others go step by step. */
function cardWords({ modes, reason }: CudnnTrial): string {
  if (reason === null) return 'GPU with cuDNN';
  const some = modes.size > 0 ? ` with cuDNN for ${[...modes].join(', ')}` : '';
  return `GPU${some}, ${some ? 'else ' : ''}without cuDNN (${reason})`;
}

/** @param meant for a graphics card */
const processorWords = (threads: number, meant: boolean): string =>
  `${threads} thread${threads === 1 ? '' : 's'}${meant ? ', as it found no NVIDIA graphics card with its driver' : ''}`;

function loadedLibrary(threads: number): Tensorflow {
  try {
    return loadTensorflow(installationFolder()!, threads);
  } catch (cause) {
    // The lines behind it are Node's, which looked for a file from file to file.
    const [reason] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
    throw new UnrollError('engine-unavailable', { engine: 'tensorflow', reason: reason! }, { cause });
  }
}

const NOT_INSTALLED =
  'TensorFlow is not installed for Unroll; to install it: unroll engines install tensorflow';

export const tensorflowEngine: Engine = {
  name: 'tensorflow',
  /** What a CUDA device has less, TensorFlow itself tells when it runs out. */
  mostBytes: hostMemory(),

  probe() {
    const folder = installationFolder();
    const installation = folder && readInstallation(folder);
    if (!installation) return Promise.resolve({ available: false, detail: NOT_INSTALLED });
    const library = resolve(folder, installation.library);
    return Promise.resolve(
      existsSync(library)
        ? { available: true, detail: `TensorFlow ${installation.tensorflow}` }
        : { available: false, detail: `its TensorFlow in ${library} is gone; install it again` },
    );
  },

  async start({ threads }) {
    const most = availableParallelism();
    const { version, device, threads: count } = loaded ?? load(Math.max(1, Math.min(threads ?? most, most)));
    tf.enableProdMode();
    await tf.setBackend(BACKEND);
    return { detail: `TensorFlow ${version}, ${device}`, threads: count };
  },

  stop: () => Promise.resolve(),
};
