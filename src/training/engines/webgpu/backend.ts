/**
 * The tfjs backend `webgpu` with kernels of ours beside tfjs-backend-webgpu's: they take WGSL as it stands, write several
 * tensors at once and change weights in place. Invalid shaders and exceeded limits do not throw in WebGPU, they yield zeros;
 * here nothing is read from the device before all that was asked of it is known to be valid.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { UnrollError } from '../../../shared/errors.ts';
import { binarySize } from '../../binary-size.ts';
import type { OpenDevice } from './adapters.ts';

export const BACKEND = 'webgpu';

/** A compute shader with entry point `main`. Bindings 0, 1, … are the tensors given, the last one the sizes. */
export interface Shader {
  /** What errors call it. */
  name: string;
  code: string;
}

/** tfjs-backend-webgpu's private parts that a kernel with several outputs cannot do without. */
interface Internals {
  commandEncoder: GPUCommandEncoder | null;
  computePassEncoder: GPUComputePassEncoder | null;
  commandQueueOwnedIds: WeakSet<tf.DataId>;
  dispatchCountInPass: number;
  uniformPendingDisposal: GPUBuffer[];
}

/** As tfjs-backend-webgpu: so many dispatches are recorded before they are handed to the device. */
const DISPATCHES_A_SUBMIT = 15;
const LOSS_TOLD_WITHIN_MS = 500;
/** Batches the device may be behind: enough that it never waits, few enough that pausing does. */
const HANDED_OVER_AHEAD = 4;
/** Dawn's errors quote it once or twice. */
const LABEL = /(?:ShaderModule|ComputePipeline|BindGroup)(?:Descriptor)? "{1,2}([^"]+)"/;
/** Workgroups lie in rows: no dimension may have more than 65,535 of them. */
const THREADS_A_ROW = 64 * 1024;

export class GpuBackend extends WebGPUBackend {
  readonly #deviceName: string;
  readonly #pipelines = new Map<string, GPUComputePipeline>();
  /** Of shaders of ours. */
  readonly #names = new Set<string>();
  /** Validations under way. */
  #checks: Promise<void>[] = [];
  /** The first shader that is not valid; it explains whatever fails after it. */
  #invalid: UnrollError | null = null;
  #fault: UnrollError | null = null;
  readonly #releases = new Map<tf.DataId, () => void>();
  /** The most bytes that buffers took. */
  peakBytes = 0;

  constructor({ device, info, name }: OpenDevice) {
    super(device, info);
    this.#deviceName = name;
    device.addEventListener('uncapturederror', ({ error }) => {
      const isMemory = error.constructor.name === 'GPUOutOfMemoryError';
      this.#fault ??= isMemory
        ? new UnrollError('out-of-memory', { reason: `${name}: ${error.message}` })
        : this.#failure(this.#named(error), error);
    });
    void device.lost.then(({ reason, message }) => {
      const lost = new UnrollError('device-lost', { device: name, reason: message || reason });
      this.#fault ??= lost;
    });
  }

  /**
   * Whose kernel it is that an error is about: tensorflow.js labels its own, and `run` those of ours, which are looked at before
   * they are dispatched, so that none of them fails without a name.
   */
  #named({ message }: GPUError): string {
    const label = LABEL.exec(message)?.[1];
    if (label === undefined) return 'a kernel of tensorflow.js';
    return this.#names.has(label) ? label : `${label} of tensorflow.js`;
  }

  #failure(shader: string, { message }: GPUError): UnrollError {
    const reason = message.split('\n')[0]!;
    return new UnrollError('shader-failed', { shader, device: this.#deviceName, reason });
  }

  get #internals(): Internals {
    return this as unknown as Internals;
  }

  /**
   * Runs a shader.
   * @param tensors in the order of the bindings; what the shader writes is among them
   * @param written those of them that it writes
   * @param sizes the uniforms, unsigned
   * @throws UnrollError `batch-too-large` where the device takes fewer workgroups in a row
   */
  run(
    shader: Shader,
    tensors: readonly tf.TensorInfo[],
    written: readonly tf.TensorInfo[],
    sizes: readonly number[],
    groups: readonly [number, number?, number?],
  ): void {
    this.#checkGroups(shader, groups);
    const pipeline = this.pipeline(shader);
    const buffers = tensors.map((tensor) => this.buffer(tensor));
    const uniforms = this.uniforms(Uint32Array.from(sizes));
    const entries = [...buffers, uniforms].map((buffer, binding) => ({ binding, resource: { buffer } }));
    const layout = pipeline.getBindGroupLayout(0);
    const bindGroup = this.device.createBindGroup({ label: shader.name, layout, entries });
    this.record(tensors, written, (pass) => {
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, bindGroup);
      pass.dispatchWorkgroups(...(groups as [number, number, number]));
    });
    if (++this.#internals.dispatchCountInPass >= DISPATCHES_A_SUBMIT) this.handOver();
  }

  /** Records what is asked of the device behind all that was. Tensors stay until it is done, whoever disposes of them. */
  record(
    tensors: readonly tf.TensorInfo[],
    written: readonly tf.TensorInfo[],
    commands: (pass: GPUComputePassEncoder) => void,
  ): void {
    this.ensureCommandEncoderReady();
    const internals = this.#internals;
    tensors.forEach(({ dataId }) => internals.commandQueueOwnedIds.add(dataId));
    commands((internals.computePassEncoder ??= internals.commandEncoder!.beginComputePass()));
    // A copy on this side that a read left would be read again.
    for (const { dataId } of written) this.tensorMap.get(dataId).values = null as never;
    this.peakBytes = Math.max(this.peakBytes, this.bufferManager.numBytesAllocated);
  }

  /** Hands over what was recorded. */
  handOver(): void {
    this.ensureCommandEncoderReady();
    this.endComputePassEncoder();
    this.submitQueue();
  }

  #checkGroups({ name }: Shader, groups: readonly (number | undefined)[]): void {
    const { maxComputeWorkgroupsPerDimension: most } = this.device.limits;
    const asked = Math.max(...groups.map((count = 1) => count));
    if (asked <= most) return;
    const reason = `${asked.toLocaleString('en')} workgroups in a row, of which it takes ${most.toLocaleString('en')}`;
    throw new UnrollError('batch-too-large', { shader: name, device: this.#deviceName, reason });
  }

  /** A thread for each of `count` numbers, 64 to a workgroup; the first sizes are the count and how many threads a row has. */
  runOver(
    shader: Shader,
    tensors: readonly tf.TensorInfo[],
    written: readonly tf.TensorInfo[],
    count: number,
    ...sizes: number[]
  ): void {
    const perRow = Math.min(count, THREADS_A_ROW);
    const groups = [Math.ceil(perRow / 64), Math.ceil(count / perRow)] as const;
    this.run(shader, tensors, written, [count, perRow, ...sizes], groups);
  }

  /**
   * The pipeline of a shader, compiled once.
   * @param layout of what it binds, where the shader alone does not say it
   */
  pipeline({ name, code }: Shader, layout: GPUBindGroupLayout | null = null): GPUComputePipeline {
    const known = this.#pipelines.get(code);
    if (known) return known;
    const { device } = this;
    device.pushErrorScope('validation');
    const module = device.createShaderModule({ code, label: name });
    const pipeline = device.createComputePipeline({
      layout: layout ? device.createPipelineLayout({ bindGroupLayouts: [layout] }) : 'auto',
      compute: { module, entryPoint: 'main' },
      label: name,
    });
    const check = device.popErrorScope().then((error) => {
      if (error) this.#invalid ??= this.#failure(name, error);
    });
    this.#checks.push(check);
    this.#pipelines.set(code, pipeline);
    this.#names.add(name);
    return pipeline;
  }

  /** The device's copy of a tensor, uploaded at first use. */
  buffer({ dataId }: tf.TensorInfo): GPUBuffer {
    this.uploadToGPU(dataId);
    return this.tensorMap.get(dataId).resource as GPUBuffer;
  }

  /** The device's copy of numbers, until what is recorded next has been handed over. */
  uniforms(numbers: Uint32Array<ArrayBuffer>): GPUBuffer {
    const bytes = Math.ceil(numbers.length / 4) * 16;
    const buffer = this.bufferManager.acquireBuffer(bytes, GPUBufferUsage.COPY_DST | GPUBufferUsage.UNIFORM);
    this.queue.writeBuffer(buffer, 0, numbers);
    this.#internals.uniformPendingDisposal.push(buffer);
    return buffer;
  }

  /** @throws UnrollError `shader-failed`, `device-lost` where what was read could not be computed */
  override async read(dataId: tf.DataId): Promise<tf.backend_util.BackendValues> {
    const values = await super.read(dataId).catch(async (error: unknown) => {
      // A device tells that it is lost a moment after what was asked of it has failed.
      await Promise.race([this.device.lost, delay(LOSS_TOLD_WITHIN_MS)]);
      await this.settled();
      throw error;
    });
    await this.settled();
    return values;
  }

  /** Resolves when everything asked of the device so far is known to be valid. @throws UnrollError where it was not */
  async settled(): Promise<void> {
    const checks = this.#checks;
    this.#checks = [];
    await Promise.all(checks);
    const fault = this.#invalid ?? this.#fault;
    if (fault) throw fault;
  }

  readonly #handedOver: Promise<unknown>[] = [];

  /** Hands over what was recorded, and resolves once the device is no more than some such calls behind. @throws as `read` */
  async keepUp(): Promise<void> {
    this.handOver();
    this.#handedOver.push(this.queue.onSubmittedWorkDone().catch(() => undefined));
    if (this.#handedOver.length <= HANDED_OVER_AHEAD) return;
    await Promise.race([this.#handedOver.shift(), this.device.lost]);
    await this.settled();
  }

  /** Holds a tensor's data until the function given back is called. */
  hold({ dataId }: tf.TensorInfo): () => void {
    this.incRef(dataId);
    return () => {
      if (this.disposeData(dataId)) tf.engine().removeDataId(dataId, this);
    };
  }

  /** Has a function called when a tensor's data is freed. */
  onRelease({ dataId }: tf.TensorInfo, release: () => void): void {
    this.#releases.set(dataId, release);
  }

  override disposeData(dataId: tf.DataId, force = false): boolean {
    const disposed = super.disposeData(dataId, force);
    const release = disposed ? this.#releases.get(dataId) : undefined;
    if (release) {
      this.#releases.delete(dataId);
      release();
    }
    return disposed;
  }

  /** An uninitialised float32 tensor. @throws as `makeTensorInfo` */
  empty(...shape: number[]): tf.TensorInfo {
    return this.makeTensorInfo(shape, 'float32');
  }

  /** The bytes a tensor can have: kernels read each as one piece. */
  get largestTensor(): number {
    const { maxStorageBufferBindingSize, maxBufferSize } = this.device.limits;
    return Math.min(maxStorageBufferBindingSize, maxBufferSize);
  }

  /** tensorflow.js's kernels make their results by it too. @throws UnrollError `out-of-memory` beyond `largestTensor` */
  override makeTensorInfo(...given: Parameters<WebGPUBackend['makeTensorInfo']>): tf.TensorInfo {
    const bytes = 4 * tf.util.sizeFromShape(given[0]);
    if (bytes <= this.largestTensor) return super.makeTensorInfo(...given);
    const reason = `${binarySize(bytes)} in one piece, of which ${this.#deviceName} takes ${binarySize(this.largestTensor)}`;
    throw new UnrollError('out-of-memory', { reason });
  }
}
