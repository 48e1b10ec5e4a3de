/**
 * The op `sequences`: a batch of padded sequences, gathered from all examples by the order of an epoch. An engine whose tensors
 * are elsewhere registers the kernel and keeps the examples there, so that they are handed over once a run and the order once an
 * epoch. Batches on any other engine are gathered on this side (data.ts).
 */
import * as tf from '@tensorflow/tfjs-core';

/** Inputs `values`, `offsets` and `order`, attributes as `GatherAttributes`; gives (rows, length) of the values' type. */
export const GATHER_SEQUENCES = 'UnrollGatherSequences';

export interface GatherAttributes extends tf.NamedAttrMap {
  /** The first example of the batch, by its place in the order. */
  from: number;
  rows: number;
  /** Numbers of a row: those of a shorter sequence have zeros in front, or behind with `padding` post. */
  length: number;
  padding: 'pre' | 'post';
}

export interface KeptSequences extends tf.NamedTensorMap {
  /** Of all examples one behind the other, int32 or float32. */
  values: tf.Tensor1D;
  /** (examples + 1) int32: where each begins in `values`, and the end. */
  offsets: tf.Tensor1D;
}

const kept = new Map<string, () => number>();

/** An engine that registers the kernel says how many bytes of examples it keeps. */
export function keepSequences(backend: string, mostBytes: () => number): void {
  kept.set(backend, mostBytes);
}

/** Whether the engine in force keeps examples of so many bytes. */
export const keepsSequences = (bytes: number): boolean => bytes <= (kept.get(tf.getBackend())?.() ?? -1);

/** @param order of the epoch (examples of it) int32: their numbers */
export function gatherSequences(
  sequences: KeptSequences,
  order: tf.Tensor1D,
  attributes: GatherAttributes,
): tf.Tensor2D {
  return tf.engine().runKernel(GATHER_SEQUENCES, { ...sequences, order }, attributes) as tf.Tensor2D;
}
