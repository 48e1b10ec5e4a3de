/**
 * The op `convolution`: Conv1D with its activation as one operation, with its gradient; of kernel size 1 it is a Dense over
 * time. An engine that registers the kernels below runs it fast; on any other backend the plain reference runs.
 *
 * Letters: B batch, T time, D input, K kernel size, F filters.
 */
import * as tf from '@tensorflow/tfjs-core';
import { activationFunction } from './activations.ts';
import { convolutionReference } from './convolution.reference.ts';
import type { WindowConfig } from './windows.ts';

export interface ConvolutionAttributes extends tf.NamedAttrMap {
  strides: number;
  padding: WindowConfig['padding'];
  dilation: number;
  activation: string;
}

export interface ConvolutionInputs {
  /** (B, T, D) float32. */
  x: tf.Tensor3D;
  /** (K, D, F). */
  kernel: tf.Tensor3D;
  /** (F); null: none. */
  bias: tf.Tensor1D | null;
}

export const CONVOLUTION = 'UnrollConvolution';
export const CONVOLUTION_GRADIENT = 'UnrollConvolutionGradient';

const supported = new Map<string, readonly string[]>();

/** An engine that registers the kernels says which activations they apply; others are applied behind them. */
export function supportConvolution(backend: string, activations: readonly string[]): void {
  supported.set(backend, activations);
}

/** Convolves over time and applies the activation: (B, T, D) → (B, T', F). */
export function convolution(inputs: ConvolutionInputs, attributes: ConvolutionAttributes): tf.Tensor3D {
  const { activation } = attributes;
  const apply = activationFunction(activation);
  const fused = supported.get(tf.getBackend());
  if (!fused) return apply(convolutionReference(inputs, attributes));
  const { x, kernel, bias } = inputs;
  const tensors = { x, kernel, bias: bias ?? tf.zeros([kernel.shape[2]]) };
  const known = fused.includes(activation);
  const [output] = tf.engine().runKernel(CONVOLUTION, tensors, {
    ...attributes,
    activation: known ? activation : 'linear',
  }) as unknown as [tf.Tensor3D, tf.Tensor];
  return known ? output : apply(output);
}

/**
 * A convolution whose features and filters are parted into groups, each of which sees its own: kernel (K, D / groups, F). The
 * activation, which may look at all filters of a step, is applied behind them.
 */
export function groupedConvolution(
  inputs: ConvolutionInputs,
  attributes: ConvolutionAttributes,
  groups: number,
): tf.Tensor3D {
  if (groups === 1) return convolution(inputs, attributes);
  const xs = tf.split(inputs.x, groups, 2);
  const kernels = tf.split(inputs.kernel, groups, 2);
  const biases = inputs.bias ? (tf.split(inputs.bias, groups) as tf.Tensor1D[]) : null;
  const outputs = xs.map((x, group) =>
    convolution(
      { x: x as tf.Tensor3D, kernel: kernels[group] as tf.Tensor3D, bias: biases?.[group] ?? null },
      { ...attributes, activation: 'linear' },
    ),
  );
  return activationFunction(attributes.activation)(tf.concat(outputs, 2) as tf.Tensor3D);
}

/**
 * The kernel gives [output, reserve]: `reserve` stands for whatever the engine kept for the backward pass and is freed with
 * the tape. The gradient kernel gives [dx, dKernel, dBias].
 */
tf.registerGradient({
  kernelName: CONVOLUTION,
  inputsToSave: ['x', 'kernel'],
  outputsToSave: [true, true],
  gradFunc: (dy, [x, , output, reserve], attributes) => {
    const inputs = { dy: (dy as tf.Tensor[])[0]!, x: x!, output: output!, reserve: reserve! };
    const gradients = tf
      .engine()
      .runKernel(CONVOLUTION_GRADIENT, inputs, attributes) as unknown as tf.Tensor[];
    return Object.fromEntries(['x', 'kernel', 'bias'].map((name, i) => [name, () => gradients[i]!]));
  },
});
