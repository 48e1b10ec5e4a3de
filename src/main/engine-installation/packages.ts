/**
 * What the engine `tensorflow` is made of: these files and no others, each by its SHA-256. The npm packages are tfjs-node (its
 * script, whose download no longer works, is not run), what it needs, and the headers its binding is built with.
 */
import { UnrollError } from '../../shared/errors.ts';

export interface PackageFile {
  /** Which program fetches it, with whatever registry, proxy and certificates it is configured for. */
  client: 'npm' | 'pip';
  name: string;
  version: string;
  file: string;
  sha256: string;
  /** Of a wheel to a tenth of a megabyte. */
  bytes: number;
}

export interface Wheel extends PackageFile {
  client: 'pip';
  /** The system it is built for, as pip calls it. */
  platform: string;
}

/** The Python the wheels are built for; the library in them is the same for all. */
export const WHEEL_PYTHON = { version: '3.12', abi: 'cp312' } as const;

export const TENSORFLOW_VERSION = '2.21.0';

export const TFJS_NODE: PackageFile = {
  client: 'npm',
  name: '@tensorflow/tfjs-node',
  version: '4.22.0',
  file: 'tensorflow-tfjs-node-4.22.0.tgz',
  sha256: 'd38a448a705efc6e655a080f896b3af646ae39dffbfe9c90b06cb9fc3a2b9358',
  bytes: 228_166,
};

export const PROTOBUF: PackageFile = {
  client: 'npm',
  name: 'google-protobuf',
  version: '3.21.4',
  file: 'google-protobuf-3.21.4.tgz',
  sha256: '38299bb1802ce06900ea2e43650aded8393cd6a00012ed97ffc716eeab1e1091',
  bytes: 68_046,
};

export const NODE_HEADERS: PackageFile = {
  client: 'npm',
  name: 'node-api-headers',
  version: '1.9.0',
  file: 'node-api-headers-1.9.0.tgz',
  sha256: '6cbfac49542194ae2c8f1dee5fa2dc00d66bec9cbf3b59e3a4e5f16d14eb0d19',
  bytes: 16_974,
};

const WHEELS: Readonly<Record<string, Pick<Wheel, 'name' | 'platform' | 'sha256' | 'bytes'>>> = {
  'linux x64': {
    name: 'tensorflow-cpu',
    platform: 'manylinux_2_27_x86_64',
    sha256: 'dcc8afd32930e42d5296b6ee19078b773706830af4ea97fbe503b9f5e0f820cb',
    bytes: 274_000_871,
  },
  'linux arm64': {
    name: 'tensorflow',
    platform: 'manylinux_2_27_aarch64',
    sha256: 'b07d15737406533898e36c7ef7944b1be18e9028dc521b9229952c537bbc5552',
    bytes: 281_900_000,
  },
  'darwin arm64': {
    name: 'tensorflow',
    platform: 'macosx_12_0_arm64',
    sha256: '56ecd7d47429acbe1df2694d50b75bf9fc3995ac92cb367cd9af6c4780ead712',
    bytes: 223_500_000,
  },
};

/** With NVIDIA's libraries it is another wheel of the same version, and larger. */
const CUDA_SYSTEM = 'linux x64';
const CUDA_WHEEL = {
  name: 'tensorflow',
  platform: 'manylinux_2_27_x86_64',
  sha256: 'b3b95643c4e70eb925839938fb35cbe142f317ec84af6844ee61513713bb13c0',
  bytes: 572_600_000,
} as const;

/** @param system such as `linux x64` @throws UnrollError `engine-not-installed` where the engine is not offered */
export function requireOffered(system: string, gpu = false): void {
  if (system in WHEELS && gpu && system !== CUDA_SYSTEM) {
    throw new UnrollError('engine-not-installed', {
      engine: 'tensorflow',
      reason: `with CUDA it is offered for ${CUDA_SYSTEM}, and this is ${system}`,
      fix: 'Use the engine webgpu, which runs on the graphics adapter here, or install it without CUDA.',
    });
  }
  if (system in WHEELS) return;
  throw new UnrollError('engine-not-installed', {
    engine: 'tensorflow',
    reason: `it is offered for ${Object.keys(WHEELS).join(', ')}, and this is ${system}`,
    fix: 'Use the engine webgpu, which runs on the graphics adapter here, or simd.',
  });
}

/**
 * The wheel with TensorFlow's library for a system such as `linux x64`.
 * @param gpu the one that can use NVIDIA's libraries
 * @throws UnrollError `engine-not-installed`
 */
export function wheelFor(system: string, gpu = false): Wheel {
  requireOffered(system, gpu);
  const wheel = gpu ? CUDA_WHEEL : WHEELS[system]!;
  const { version: python } = WHEEL_PYTHON;
  const tag = `cp${python.replace('.', '')}`;
  const file = `${wheel.name.replace('-', '_')}-${TENSORFLOW_VERSION}-${tag}-${tag}-${wheel.platform}.whl`;
  return { ...wheel, client: 'pip', version: TENSORFLOW_VERSION, file };
}
