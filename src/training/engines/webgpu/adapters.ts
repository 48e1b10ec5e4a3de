/** The graphics adapters that Dawn (npm `webgpu`) finds on this machine, and the device made on one of them. */
import type { Device } from '../../../shared/engines.ts';
import { UnrollError } from '../../../shared/errors.ts';
import { hostMemory } from '../host-memory.ts';

interface Adapter extends Device {
  /** The interface it is reached by. */
  via: string;
  /** Whether it computes on the processor. */
  software: boolean;
}

export interface OpenDevice {
  device: GPUDevice;
  info: GPUAdapterInfo;
  /** What errors call it: adapter and driver. */
  name: string;
  /** How many bytes of the machine's own memory it may take; null where it has a memory of its own. */
  sharedBytes: number | null;
  /** Gives the device and Dawn itself back; Node could not end while they are held. */
  close(): void;
}

/** Interfaces to computing hardware; Dawn has one more, `null`, which computes nothing. */
const INTERFACES = ['vulkan', 'metal', 'd3d12'];
/** Dawn puts what it finds in order by it: cards, then what is part of a processor, then software. */
const STRONGEST: GPURequestAdapterOptions = { powerPreference: 'high-performance' };
/** Makers, as Dawn spells them, of adapters without a memory of their own, and which part of the machine's systems give those. */
const SHARED_PART: Readonly<Record<string, number>> = {
  apple: 2 / 3,
  ...{ intel: 1 / 2, qualcomm: 1 / 2, arm: 1 / 2, 'img-tec': 1 / 2, samsung: 1 / 2 },
};
/** No adapter is called so: asked for it, Dawn answers with those there are. */
const NO_ADAPTER = 'none of them';

/**
 * Kernels here, as tfjs's, write workgroup memory before they read it. To zero it first costs every dispatch some time, and a
 * software adapter seconds to compile.
 */
const OPTIONS = ['enable-dawn-features=disable_workgroup_init'];

type Dawn = typeof import('webgpu');

const loadDawn = async (): Promise<Dawn> => {
  try {
    return await import('webgpu');
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0]! : String(error);
    throw new UnrollError('engine-unavailable', { engine: 'webgpu', reason });
  }
};

/** What Dawn finds, in its own order: the strongest first. @throws UnrollError `engine-unavailable` where its answer is not understood */
async function foundAdapters({ create }: Dawn): Promise<Pick<Adapter, 'name' | 'via'>[]> {
  let answer: unknown;
  try {
    answer = await create([`adapter=${NO_ADAPTER}`]).requestAdapter(STRONGEST);
  } catch (error) {
    answer = error;
  }
  if (answer === null) return [];
  const found = Array.from(
    String(answer).matchAll(/backend: '([^']*)', name: '([^']*)'/g),
    ([, via, name]) => ({
      name: name!,
      via: via!,
    }),
  );
  if (found.length > 0) return found.filter(({ via }) => INTERFACES.includes(via));
  throw new UnrollError('engine-unavailable', {
    engine: 'webgpu',
    reason: `Dawn answered: ${String(answer)}`,
  });
}

const open = ({ create }: Dawn, { name, via }: Pick<Adapter, 'name' | 'via'>): GPU =>
  create([...OPTIONS, `backend=${via}`, `adapter=${name}`]);

/**
 * All adapters that can compute, the strongest first and those in software last. Of several that are called the same and reached
 * the same way Dawn gives the first alone, so they are one here.
 * @throws UnrollError `engine-unavailable` where Dawn does not load or is not understood
 */
export async function listAdapters(): Promise<Adapter[]> {
  const dawn = await loadDawn();
  const adapters = new Map<string, Adapter>();
  for (const { name, via } of await foundAdapters(dawn)) {
    if (adapters.has(`${via} ${name}`)) continue;
    const software =
      (await open(dawn, { name, via }).requestAdapter(STRONGEST))?.info.isFallbackAdapter ?? false;
    adapters.set(`${via} ${name}`, { name, via, software, detail: software ? `${via}, in software` : via });
  }
  return Array.from(adapters.values()).sort((a, b) => Number(a.software) - Number(b.software));
}

/**
 * The bytes that an adapter has in the machine's own memory, where promises cost a driver nothing; null where it has a memory of
 * its own. Dawn tells neither what kind an adapter is nor the sizes of its memories, so it goes by the maker: Apple's and those of
 * telephones share, Intel's but for its cards. AMD's may do either and count as cards.
 */
function sharedBytes({ vendor, architecture, isFallbackAdapter }: GPUAdapterInfo): number | null {
  if (isFallbackAdapter) return hostMemory();
  const isCard = vendor === 'intel' && /-hpg?$/.test(architecture);
  const part = SHARED_PART[vendor];
  return part === undefined || isCard ? null : part * hostMemory();
}

/**
 * A device on an adapter, with all the memory and workgroup sizes the adapter has.
 * @throws UnrollError `engine-unavailable`
 */
export async function openDevice({ name, via }: Adapter): Promise<OpenDevice> {
  const dawn = await loadDawn();
  Object.assign(globalThis, dawn.globals);
  const gpu = open(dawn, { name, via });
  const adapter = await gpu.requestAdapter(STRONGEST);
  if (!adapter)
    throw new UnrollError('engine-unavailable', { engine: 'webgpu', reason: `${name} does not answer` });
  const device = await adapter.requestDevice({ requiredLimits: computeLimits(adapter.limits) });
  // tfjs-backend-webgpu asks whether there is `navigator.gpu` and uses nothing of it.
  Object.defineProperty(globalThis.navigator, 'gpu', { value: gpu, configurable: true });
  const { info } = adapter;
  return {
    device,
    info,
    sharedBytes: sharedBytes(info),
    name: info.description ? `${name}, ${info.description}` : name,
    close() {
      device.destroy();
      Reflect.deleteProperty(globalThis.navigator, 'gpu');
    },
  };
}

/** What kernels are limited by, as large as the adapter has it: the defaults are those of the weakest phone. */
function computeLimits(limits: GPUSupportedLimits): Record<string, number> {
  const { maxBufferSize, maxStorageBufferBindingSize, maxStorageBuffersPerShaderStage } = limits;
  const { maxComputeWorkgroupStorageSize, maxComputeInvocationsPerWorkgroup } = limits;
  const { maxComputeWorkgroupSizeX, maxComputeWorkgroupsPerDimension } = limits;
  return {
    maxBufferSize,
    maxStorageBufferBindingSize,
    maxStorageBuffersPerShaderStage,
    maxComputeWorkgroupStorageSize,
    maxComputeInvocationsPerWorkgroup,
    maxComputeWorkgroupSizeX,
    maxComputeWorkgroupsPerDimension,
  };
}
