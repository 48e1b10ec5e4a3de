/** The graphics adapters that Dawn (npm `webgpu`) finds on this machine, and the device made on one of them. */
import type { Device } from '../../../shared/engines.ts';
import { UnrollError } from '../../../shared/errors.ts';

export interface OpenDevice {
  device: GPUDevice;
  info: GPUAdapterInfo;
  /** What errors call it: adapter and driver. */
  name: string;
  /** Whether it computes on the processor, in the machine's memory. */
  software: boolean;
  /** Gives the device and Dawn itself back; Node could not end while they are held. */
  close(): void;
}

/** Interfaces to computing hardware; Dawn has one more, `null`, which computes nothing. */
const INTERFACES = ['vulkan', 'metal', 'd3d12'];
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

/** All adapters that can compute, with the interface each is reached by. @throws UnrollError `engine-unavailable` where Dawn does not load */
export async function listAdapters(): Promise<Device[]> {
  const { create } = await loadDawn();
  let answer = '';
  try {
    await create([`adapter=${NO_ADAPTER}`]).requestAdapter();
  } catch (error) {
    answer = String(error);
  }
  const found = answer.matchAll(/backend: '([^']*)', name: '([^']*)'/g);
  const adapters = Array.from(found, ([, via, name]) => ({ name: name!, detail: via! }));
  return adapters.filter(({ detail }) => INTERFACES.includes(detail));
}

/**
 * A device on an adapter, with all the memory and workgroup sizes the adapter has.
 * @throws UnrollError `engine-unavailable`
 */
export async function openDevice({ name, detail: via }: Device): Promise<OpenDevice> {
  const { create, globals } = await loadDawn();
  Object.assign(globalThis, globals);
  const gpu = create([...OPTIONS, `backend=${via}`, `adapter=${name}`]);
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter)
    throw new UnrollError('engine-unavailable', { engine: 'webgpu', reason: `${name} does not answer` });
  const device = await adapter.requestDevice({ requiredLimits: computeLimits(adapter.limits) });
  // tfjs-backend-webgpu asks whether there is `navigator.gpu` and uses nothing of it.
  Object.defineProperty(globalThis.navigator, 'gpu', { value: gpu, configurable: true });
  const { info } = adapter;
  return {
    device,
    info,
    software: info.isFallbackAdapter,
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
