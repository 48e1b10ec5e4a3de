/** Shaders run in turn many times over, as the steps of a recurrent layer are, at little more than the dispatches' own cost. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { GpuBackend, Shader } from './backend.ts';

/** Turns handed over at once, and multiplications: a driver takes what does not end within seconds for dead. */
const MOST_TURNS = 32;
const MOST_WORK = 1e10;
/** Bytes of a turn's sizes, and from those of one to those of the next: any device's alignment. */
const TURN_BYTES = 16;
const TURN_OFFSET = 256;

interface Turns {
  /** The first two sizes, unsigned; the third is the number of the turn, from 0. */
  sizes: readonly [number, number];
  /** Workgroups of every shader. */
  groups: readonly [number, number];
  turns: number;
  /** Multiplications of a turn, about. */
  work: number;
}

/**
 * Runs the shaders in order, so many times.
 * @param bindings what all of them bind: the tensors, in order, and the sizes behind them
 */
export function runTurns(
  backend: GpuBackend,
  shaders: readonly Shader[],
  bindings: readonly { write?: boolean }[],
  tensors: readonly TensorInfo[],
  { sizes, groups, turns, work }: Turns,
): void {
  const { device } = backend;
  const layout = layoutOf(device, bindings);
  const pipelines = shaders.map((shader) => backend.pipeline(shader, layout));
  const buffers = tensors.map((tensor) => ({ buffer: backend.buffer(tensor) }));
  const resources = [...buffers, { buffer: backend.uniforms(sizesOf(sizes, turns)), size: TURN_BYTES }];
  const entries = resources.map((resource, binding) => ({ binding, resource }));
  const bindGroup = device.createBindGroup({ label: shaders[0]!.name, layout, entries });
  const written = tensors.filter((_, i) => bindings[i]!.write);
  const together = Math.max(1, Math.min(MOST_TURNS, Math.floor(MOST_WORK / work)));
  for (let begin = 0; begin < turns; begin += together) {
    backend.record(tensors, written, (pass) => {
      for (let turn = begin; turn < Math.min(turns, begin + together); turn++)
        for (const pipeline of pipelines) {
          pass.setPipeline(pipeline);
          pass.setBindGroup(0, bindGroup, [turn * TURN_OFFSET]);
          pass.dispatchWorkgroups(...groups);
        }
    });
    backend.handOver();
  }
}

/** Tensors, and uniforms at an offset given with the turn, which no shader says by itself. */
function layoutOf(device: GPUDevice, bindings: readonly { write?: boolean }[]): GPUBindGroupLayout {
  const tensors = bindings.map(({ write }): GPUBufferBindingLayout => ({
    type: write ? 'storage' : 'read-only-storage',
  }));
  const buffers: GPUBufferBindingLayout[] = [...tensors, { type: 'uniform', hasDynamicOffset: true }];
  return device.createBindGroupLayout({
    entries: buffers.map((buffer, binding) => ({ binding, visibility: GPUShaderStage.COMPUTE, buffer })),
  });
}

function sizesOf(sizes: readonly [number, number], turns: number): Uint32Array<ArrayBuffer> {
  const words = TURN_OFFSET / 4;
  const all = new Uint32Array(turns * words);
  for (let turn = 0; turn < turns; turn++) all.set([...sizes, turn], turn * words);
  return all;
}
