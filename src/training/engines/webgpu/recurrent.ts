/**
 * The op `recurrent` on this engine: one product for the inputs of all steps, one dispatch for the recursion (of large cells a few
 * for every step), and backward the same and products over all steps for the weights.
 *
 * Letters: B batch, T time, D input, U units, N columns of all gates.
 */
import * as tf from '@tensorflow/tfjs-core';
import {
  RECURRENT,
  RECURRENT_GRADIENT,
  supportRecurrent,
  type KernelAttributes,
} from '../../ops/recurrent.ts';
import { BACKEND, type GpuBackend } from './backend.ts';
import { cellShaders } from './kernels/cells.ts';
import { hasFunction } from './kernels/math.ts';
import { backwardBindings, forwardBindings, type RecurrenceForm } from './kernels/halves.ts';
import { backwardShader, forwardShader, isWhole, type Limits } from './kernels/recurrence.ts';
import { backwardSteps, forwardSteps, ROWS, UNITS, type StepShaders } from './kernels/steps.ts';
import { multiply, sumColumns } from './products.ts';
import { runTurns } from './turns.ts';

interface Inputs {
  x: tf.TensorInfo;
  kernel: tf.TensorInfo;
  recurrentKernel: tf.TensorInfo;
  bias: tf.TensorInfo;
  carryKernel?: tf.TensorInfo;
  mask?: tf.TensorInfo;
}

/** What backward needs of forward, by the tensor that stands for it. */
interface Layer {
  inputs: Inputs;
  form: RecurrenceForm;
  /** (B T, blocks U). */
  saved: tf.TensorInfo;
}

const layers = new WeakMap<tf.DataId, Layer>();

const limitsOf = ({ device }: GpuBackend): Limits => ({
  workgroupBytes: device.limits.maxComputeWorkgroupStorageSize,
  threads: Math.min(device.limits.maxComputeInvocationsPerWorkgroup, device.limits.maxComputeWorkgroupSizeX),
});

interface Sizes {
  B: number;
  T: number;
  D: number;
  U: number;
  N: number;
}

function sizesOf({ x, kernel, recurrentKernel }: Inputs): Sizes {
  const [B, T, D] = x.shape as [number, number, number];
  return { B, T, D, U: recurrentKernel.shape[0]!, N: kernel.shape[1]! };
}

function transposed(backend: GpuBackend, x: tf.TensorInfo): tf.TensorInfo {
  const { kernelFunc } = tf.getKernel('Transpose', BACKEND);
  return kernelFunc({ inputs: { x }, backend, attrs: { perm: [1, 0] } }) as tf.TensorInfo;
}

/** Tensors in the order a shader binds them. */
const bound = (
  bindings: readonly { name: string }[],
  tensors: Record<string, tf.TensorInfo>,
): tf.TensorInfo[] => bindings.map(({ name }) => tensors[name]!);

function forward(backend: GpuBackend, inputs: Inputs, attributes: KernelAttributes): tf.TensorInfo[] {
  const { B, T, D, U, N } = sizesOf(inputs);
  const masked = inputs.mask !== undefined;
  const form: RecurrenceForm = { attributes, masked, keeps: attributes.differentiated };
  const projected = backend.empty(B * T, N);
  const [inputBias, recurrentBias] = biasRows(backend, inputs.bias, N);
  multiply(
    backend,
    [B * T, N, D],
    { tensor: inputs.x, stride: D },
    { tensor: inputs.kernel, stride: N },
    { tensor: projected, stride: N },
    inputBias,
  );
  const output = attributes.returnSequences ? backend.empty(B, T, U) : backend.empty(B, U);
  const saved = backend.empty(...(form.keeps ? [B * T, cellShaders(attributes).saved.length * U] : [1]));
  const { recurrentKernel: recurrent, carryKernel, mask } = inputs;
  const tensors = { projected, recurrent, output, recurrentBias, carryKernel, mask, saved };
  recur(backend, 'forward', form, tensors as Record<string, tf.TensorInfo>, sizesOf(inputs));
  for (const { dataId } of [projected, inputBias, recurrentBias]) backend.disposeData(dataId);
  if (form.keeps) remember(backend, { inputs, form, saved });
  return [output, saved];
}

/** Rows whose largest tensor, the gates of all steps or what is kept of them, the device takes in one piece. */
function rowsAtOnce({ device }: GpuBackend, attributes: KernelAttributes, T: number): number {
  const { gates, saved } = cellShaders(attributes);
  const arrays = attributes.differentiated ? Math.max(gates, saved.length) : gates;
  const bytes = 4 * T * attributes.units * arrays;
  return Math.max(1, Math.floor(device.limits.maxStorageBufferBindingSize / bytes));
}

const HALVES = {
  forward: { bindingsOf: forwardBindings, shaderOf: forwardShader, stepsOf: forwardSteps },
  backward: { bindingsOf: backwardBindings, shaderOf: backwardShader, stepsOf: backwardSteps },
};

/**
 * One half of the recursion, in one dispatch or step by step.
 * @param tensors by the names that the shaders bind them by
 */
function recur(
  backend: GpuBackend,
  half: keyof typeof HALVES,
  form: RecurrenceForm,
  tensors: Record<string, tf.TensorInfo>,
  sizes: Sizes,
): void {
  const { bindingsOf, shaderOf, stepsOf } = HALVES[half];
  const { B, T } = sizes;
  const limits = limitsOf(backend);
  if (!isWhole(form.attributes, limits, B * T)) return stepByStep(backend, stepsOf(form), tensors, sizes);
  const shader = shaderOf(form, limits);
  const bindings = bindingsOf(form);
  const used = bound(bindings, tensors);
  const written = used.filter((_, i) => bindings[i]!.write);
  backend.run(shader, used, written, [B, T], [Math.ceil(B / shader.rows)]);
}

/** @param tensors as in `recur`, but for `work` */
function stepByStep(
  backend: GpuBackend,
  { phases, bindings, work: numbers }: StepShaders,
  tensors: Record<string, tf.TensorInfo>,
  { B, T, U, N }: Sizes,
): void {
  const work = backend.empty(numbers, B, U);
  const groups = [Math.ceil(U / UNITS), Math.ceil(B / ROWS)] as const;
  runTurns(backend, phases, bindings, bound(bindings, { ...tensors, work }), {
    sizes: [B, T],
    groups,
    turns: T,
    work: B * U * N,
  });
  backend.disposeData(work.dataId);
}

/** Input and recurrent bias; without the latter twice the same. */
function biasRows(backend: GpuBackend, bias: tf.TensorInfo, N: number): [tf.TensorInfo, tf.TensorInfo] {
  const { kernelFunc } = tf.getKernel('Slice', BACKEND);
  const row = (i: number) => {
    const [begin, size] =
      bias.shape.length === 2
        ? [
            [i, 0],
            [1, N],
          ]
        : [[0], [N]];
    return kernelFunc({
      inputs: { x: bias },
      backend,
      attrs: { begin: begin!, size: size! },
    }) as tf.TensorInfo;
  };
  return [row(0), row(bias.shape.length === 2 ? 1 : 0)];
}

/** Holds the inputs for backward: the tape knows the output and `saved` alone. */
function remember(backend: GpuBackend, layer: Layer): void {
  const { inputs, saved } = layer;
  layers.set(saved.dataId, layer);
  const releases = Object.values(inputs as unknown as tf.NamedTensorInfoMap)
    .filter((input) => input !== undefined)
    .map((input) => backend.hold(input));
  backend.onRelease(saved, () => releases.forEach((release) => release()));
}

function gradient(backend: GpuBackend, dy: tf.TensorInfo, layer: Layer): tf.TensorInfo[] {
  const { inputs, form, saved } = layer;
  const { B, T, N, U } = sizesOf(inputs);
  const dz = backend.empty(B * T, N);
  const apart = cellShaders(form.attributes).recurrentCandidate !== null;
  const dCandidate = apart ? backend.empty(B * T, U) : null;
  const recurrent = transposed(backend, inputs.recurrentKernel);
  const carryKernel = inputs.carryKernel && transposed(backend, inputs.carryKernel);
  const tensors = { dy, saved, recurrent, dz, dCandidate, carryKernel, mask: inputs.mask };
  recur(backend, 'backward', form, tensors as Record<string, tf.TensorInfo>, sizesOf(inputs));
  const gradients = weightGradients(backend, layer, dz, dCandidate);
  for (const made of [dz, dCandidate, recurrent, carryKernel]) if (made) backend.disposeData(made.dataId);
  return gradients;
}

/** [dx, dKernel, dRecurrentKernel, dBias] and, with a carryKernel, dCarryKernel. */
function weightGradients(
  backend: GpuBackend,
  { inputs, form, saved }: Layer,
  dz: tf.TensorInfo,
  dCandidate: tf.TensorInfo | null,
): tf.TensorInfo[] {
  const { B, T, D, U, N } = sizesOf(inputs);
  const { x, kernel } = inputs;
  const rows = B * T;
  const dx = backend.empty(B, T, D);
  const dzAll = { tensor: dz, stride: N };
  multiply(
    backend,
    [rows, D, N],
    dzAll,
    { tensor: kernel, stride: N, transposed: true },
    { tensor: dx, stride: D },
  );
  const dKernel = backend.empty(D, N);
  multiply(backend, [D, N, rows], { tensor: x, stride: D, transposed: true }, dzAll, {
    tensor: dKernel,
    stride: N,
  });
  const dBias = backend.empty(...inputs.bias.shape);
  sumColumns(backend, [rows, N], dzAll, { tensor: dBias, stride: N });
  const kept = cellShaders(form.attributes).saved;
  const block = (name: string) => ({
    tensor: saved,
    stride: kept.length * U,
    offset: kept.indexOf(name) * U,
    transposed: true,
  });
  const dRecurrent = backend.empty(U, N);
  const into = { tensor: dRecurrent, stride: N };
  const candidate = { ...into, offset: 2 * U };
  if (dCandidate) {
    multiply(backend, [U, 2 * U, rows], block('h'), dzAll, into);
    multiply(backend, [U, U, rows], block('h'), { tensor: dCandidate, stride: U }, candidate);
    sumColumns(backend, [rows, 2 * U], dzAll, { tensor: dBias, stride: N, offset: N });
    sumColumns(
      backend,
      [rows, U],
      { tensor: dCandidate, stride: U },
      { tensor: dBias, stride: N, offset: N + 2 * U },
    );
  } else if (form.attributes.cell === 'GRU') {
    multiply(backend, [U, 2 * U, rows], block('h'), dzAll, into);
    multiply(backend, [U, U, rows], block('w'), { ...dzAll, offset: 2 * U }, candidate);
  } else multiply(backend, [U, N, rows], block('h'), dzAll, into);
  if (!inputs.carryKernel) return [dx, dKernel, dRecurrent, dBias];
  const dCarry = backend.empty(U, U);
  const seen = block(form.attributes.outputSees === 'old' ? 'c' : 'newC');
  multiply(backend, [U, U, rows], seen, { ...dzAll, offset: 3 * U }, { tensor: dCarry, stride: U });
  return [dx, dKernel, dRecurrent, dBias, dCarry];
}

export function registerRecurrent(): void {
  supportRecurrent(
    BACKEND,
    ({ activation, recurrentActivation }) => hasFunction(activation) && hasFunction(recurrentActivation),
    (attributes, T) => rowsAtOnce(tf.backend() as GpuBackend, attributes, T),
  );
  tf.registerKernel({
    kernelName: RECURRENT,
    backendName: BACKEND,
    kernelFunc: (call) =>
      forward(
        call.backend as GpuBackend,
        call.inputs as unknown as Inputs,
        call.attrs as unknown as KernelAttributes,
      ),
  });
  tf.registerKernel({
    kernelName: RECURRENT_GRADIENT,
    backendName: BACKEND,
    kernelFunc: ({ inputs, backend }) =>
      gradient(backend as GpuBackend, inputs.dy!, layers.get(inputs.reserve!.dataId)!),
  });
}
