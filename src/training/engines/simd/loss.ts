/** The op `loss` on this engine: a batch's outputs are few, so plain loops in double precision are fastest. */
import * as tf from '@tensorflow/tfjs-core';
import { LOSS, type FusedLoss } from '../../ops/loss.ts';
import { BACKEND, type SimdBackend } from './backend.ts';

interface Example {
  targets: Float32Array;
  outputs: Float32Array;
  /** Where the example's outputs begin, and how many there are. */
  at: number;
  K: number;
  /** The example's number. */
  b: number;
  /** Receives the gradient of the example's loss. */
  gradient: Float32Array;
}

/** log(1 + exp(x)) without overflow. */
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/** -sum of y log softmax(z), where `target(k)` is y_k. */
function crossEntropy({ outputs, at, K, gradient }: Example, target: (k: number) => number): number {
  let largest = -Infinity;
  for (let k = 0; k < K; k++) largest = Math.max(largest, outputs[at + k]!);
  let sum = 0;
  for (let k = 0; k < K; k++) sum += Math.exp(outputs[at + k]! - largest);
  const logSum = largest + Math.log(sum);
  let [loss, total] = [0, 0];
  for (let k = 0; k < K; k++) {
    loss += target(k) * (logSum - outputs[at + k]!);
    total += target(k);
  }
  for (let k = 0; k < K; k++) gradient[at + k] = total * Math.exp(outputs[at + k]! - logSum) - target(k);
  return loss;
}

function meanOver(
  { outputs, targets, at, K, gradient }: Example,
  of: (y: number, p: number) => [number, number],
) {
  let loss = 0;
  for (let k = at; k < at + K; k++) {
    const [value, slope] = of(targets[k]!, outputs[k]!);
    loss += value / K;
    gradient[k] = slope / K;
  }
  return loss;
}

const LOSSES: Readonly<Record<FusedLoss, (example: Example) => number>> = {
  // From logits z: y softplus(-z) + (1 - y) softplus(z), whose slope is sigmoid(z) - y.
  sigmoid: (example) =>
    meanOver(example, (y, z) => [y * softplus(-z) + (1 - y) * softplus(z), 1 / (1 + Math.exp(-z)) - y]),
  softmax: (example) => crossEntropy(example, (k) => example.targets[example.at + k]!),
  'sparse softmax': (example) => crossEntropy(example, (k) => Number(example.targets[example.b] === k)),
  mse: (example) => meanOver(example, (y, p) => [(p - y) ** 2, 2 * (p - y)]),
  mae: (example) => meanOver(example, (y, p) => [Math.abs(p - y), Math.sign(p - y)]),
};

export function registerLoss(): void {
  tf.registerKernel({
    kernelName: LOSS,
    backendName: BACKEND,
    kernelFunc: ({ inputs, backend, attrs }) => {
      const simd = backend as SimdBackend;
      const [B, K] = inputs.outputs!.shape as [number, number];
      const [targets, outputs] = [inputs.targets!, inputs.outputs!].map(
        (t) => simd.values(t) as Float32Array,
      );
      const gradient = new Float32Array(B * K);
      const of = LOSSES[attrs!.of as FusedLoss];
      let sum = 0;
      for (let b = 0; b < B; b++)
        sum += of({ targets: targets!, outputs: outputs!, at: b * K, K, b, gradient });
      for (let i = 0; i < gradient.length; i++) gradient[i]! /= B;
      return [
        simd.makeTensorInfo([], 'float32', Float32Array.of(sum / B)),
        simd.makeTensorInfo([B, K], 'float32', gradient),
      ];
    },
  });
}
