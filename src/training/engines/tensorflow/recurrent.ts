/** The op `recurrent` on this engine: cuDNN where there is CUDA, TensorFlow's BlockLSTM where it serves, else step by step. */
import * as tf from '@tensorflow/tfjs-core';
import { GATES } from '../../ops/cells.ts';
import { RECURRENT, RECURRENT_GRADIENT, supportRecurrent } from '../../ops/recurrent.ts';
import type { KernelAttributes, RecurrentAttributes } from '../../ops/recurrent.ts';
import { blockLstm, fitsBlockLstm } from './block-lstm.ts';
import { isKnownActivation } from './cells/cell.ts';
import { cudnnMode, type CudnnMode } from './cudnn-layout.ts';
import { cudnn } from './cudnn.ts';
import type { Eager, Handle } from './eager.ts';
import type { LayerGradients, LayerInputs, LayerPass, StepMask } from './layer-pass.ts';
import type { NodeBackend } from './library.ts';
import { Reserves } from './reserves.ts';
import { stepByStep } from './steps.ts';

/** A pass whose gradient may be asked for. */
interface Kept {
  layer: LayerInputs;
  pass: LayerPass;
}

type Inputs = Record<string, tf.TensorInfo>;

/** @param cudnnModes what cuDNN was seen to compute here */
export function registerRecurrent(
  backendName: string,
  backend: NodeBackend,
  eager: Eager,
  cudnnModes: ReadonlySet<CudnnMode>,
): void {
  const reserves = new Reserves<Kept>(backend, eager);
  supportRecurrent(
    backendName,
    ({ activation, recurrentActivation }) =>
      isKnownActivation(activation) && isKnownActivation(recurrentActivation),
  );
  tf.registerKernel({
    kernelName: RECURRENT,
    backendName,
    kernelFunc: ({ inputs, attrs }) =>
      forward({ backend, eager, reserves, cudnnModes }, inputs as Inputs, attrs as KernelAttributes),
  });
  tf.registerKernel({
    kernelName: RECURRENT_GRADIENT,
    backendName,
    kernelFunc: ({ inputs }) => {
      const { dy, reserve } = inputs as Inputs;
      return gradients(eager, reserves.of(reserve!), dy!);
    },
  });
}

interface Means {
  backend: NodeBackend;
  eager: Eager;
  reserves: Reserves<Kept>;
  cudnnModes: ReadonlySet<CudnnMode>;
}

function passOf({ eager, cudnnModes }: Means, layer: LayerInputs, differentiated: boolean): LayerPass {
  if (layer.mask) return stepByStep(eager, layer);
  const mode = cudnnMode(layer.attributes);
  if (mode && cudnnModes.has(mode)) return cudnn(eager, mode, layer, differentiated);
  return fitsBlockLstm(layer.attributes) ? blockLstm(eager, layer) : stepByStep(eager, layer);
}

function forward(
  means: Means,
  inputs: Inputs,
  { differentiated, ...attributes }: KernelAttributes,
): tf.TensorInfo[] {
  const { backend, eager, reserves } = means;
  const { result, made } = eager.collect(() => {
    const layer = layerInputs(backend, eager, inputs, attributes);
    const pass = passOf(means, layer, differentiated);
    const { B, T } = layer;
    const U = attributes.units;
    const output = attributes.returnSequences
      ? eager.give(eager.swapAxes(pass.output), [B, T, U])
      : eager.give(pass.output, [B, U]);
    return { output, kept: { layer, pass } };
  });
  if (!differentiated) eager.free(made);
  return [result.output, reserves.make(differentiated ? { made, kept: result.kept } : null)];
}

function layerInputs(
  backend: NodeBackend,
  eager: Eager,
  { x, kernel, recurrentKernel, bias, carryKernel, mask }: Inputs,
  attributes: RecurrentAttributes,
): LayerInputs {
  const [B, T, D] = x!.shape as [number, number, number];
  const ordered = (steps: Handle): Handle => (attributes.goBackwards ? eager.reverse(steps) : steps);
  return {
    attributes,
    B,
    T,
    D,
    x: eager.scope(() => {
      const steps = ordered(eager.swapAxes(eager.hold(x!)));
      return { result: steps, keep: [steps] };
    }),
    kernel: eager.hold(kernel!),
    recurrentKernel: eager.hold(recurrentKernel!),
    bias: eager.hold(bias!),
    carryKernel: carryKernel ? eager.hold(carryKernel) : null,
    mask: mask ? stepMasks(backend, eager, mask, attributes.goBackwards) : null,
  };
}

/** Each step's rows; null where all are real throughout. */
function stepMasks(
  backend: NodeBackend,
  eager: Eager,
  mask: tf.TensorInfo,
  backwards: boolean,
): StepMask[] | null {
  const [B, T] = mask.shape as [number, number];
  const values = backend.readSync(mask.dataId) as ArrayLike<number>;
  const steps = Array.from({ length: T }, (_, t): StepMask => {
    const rows = Uint8Array.from({ length: B }, (_, row) => Number(values[row * T + t] !== 0));
    const real = rows.reduce((sum, row) => sum + row, 0);
    return real === B ? 'all' : real === 0 ? 'none' : eager.booleans([B, 1], rows);
  });
  if (steps.every((step) => step === 'all')) return null;
  return backwards ? steps.toReversed() : steps;
}

/** [dx, dKernel, dRecurrentKernel, dBias] and, with a carry kernel, dCarryKernel. */
function gradients(eager: Eager, { layer, pass }: Kept, dy: tf.TensorInfo): tf.TensorInfo[] {
  const { attributes, B, T, D } = layer;
  const { cell, units: U, returnSequences, goBackwards, resetAfter } = attributes;
  const width = GATES[cell] * U;
  return eager.scope(() => {
    const dOutput = eager.hold(dy);
    const found: LayerGradients = pass.backward(returnSequences ? eager.swapAxes(dOutput) : dOutput);
    const dx = eager.swapAxes(goBackwards ? eager.reverse(found.x) : found.x);
    const result = [
      eager.give(dx, [B, T, D]),
      eager.give(found.kernel, [D, width]),
      eager.give(found.recurrentKernel, [U, width]),
      eager.give(found.bias, cell === 'GRU' && resetAfter ? [2, width] : [width]),
    ];
    if (found.carryKernel !== undefined) result.push(eager.give(found.carryKernel, [U, U]));
    return { result, keep: [] };
  });
}
