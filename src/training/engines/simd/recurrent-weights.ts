/** A recurrent layer's weights as its kernels read them, and their gradients as Keras lays weights out. */
import type * as tf from '@tensorflow/tfjs-core';
import type { SimdBackend } from './backend.ts';
import { GateLayout, packMatrix } from './gate-layout.ts';
import { padded } from './matrix.ts';
import type { CellKernel } from './kernels/cell.ts';

export interface WeightTensors {
  /** W (D, G U), R (U, G U), b (G U) or, for GRU, (2, 3 U); V (U, U) of Book LSTM alone. */
  kernel: tf.TensorInfo;
  recurrentKernel: tf.TensorInfo;
  bias: tf.TensorInfo;
  carryKernel: tf.TensorInfo | null;
}

export class RecurrentWeights {
  readonly hasCarryKernel: boolean;
  readonly #backend: SimdBackend;
  readonly #cell: CellKernel;
  readonly #layout: GateLayout;
  readonly #tensors: WeightTensors;

  constructor(backend: SimdBackend, cell: CellKernel, layout: GateLayout, tensors: WeightTensors) {
    this.#backend = backend;
    this.#cell = cell;
    this.#layout = layout;
    this.#tensors = tensors;
    this.hasCarryKernel = tensors.carryKernel !== null;
  }

  /** W or R in panels, or its transpose; the caller frees it. */
  pack(weight: 'kernel' | 'recurrentKernel', transposed: boolean): number {
    const { kernelBlocks, recurrentBlocks } = this.#cell;
    const tensor = this.#tensors[weight];
    const [rows] = tensor.shape as [number];
    const blocks = weight === 'kernel' ? kernelBlocks : recurrentBlocks;
    const spread = this.#layout.spread(this.#backend.values(tensor), rows, padded(rows), blocks);
    return packMatrix(this.#backend.arena, spread, padded(rows), this.#layout.width, transposed);
  }

  /** V in panels, or its transpose; the caller frees it. 0 where there is none. */
  packCarryKernel(transposed: boolean): number {
    const { carryKernel } = this.#tensors;
    if (!carryKernel) return 0;
    const [units] = carryKernel.shape as [number];
    const stride = this.#layout.unitStride;
    const spread = new GateLayout(1, units).spread(this.#backend.values(carryKernel), units, stride, [0]);
    return packMatrix(this.#backend.arena, spread, stride, stride, transposed);
  }

  /** The bias of each block; GRU's second bias, that of the recurrent product, is added to it. */
  bias(): Float32Array {
    const { kernelBlocks, recurrentBlocks } = this.#cell;
    const { bias } = this.#tensors;
    const values = this.#backend.values(bias);
    const sum = this.#layout.spread(values, 1, 1, kernelBlocks);
    if (bias.shape.length === 1) return sum;
    const second = this.#layout.spread(values.subarray(values.length / 2), 1, 1, recurrentBlocks);
    return sum.map((value, i) => value + second[i]!);
  }

  /** The gradient of W or R from the kernels' layout. */
  gradient(weight: 'kernel' | 'recurrentKernel', sum: Float32Array): tf.TensorInfo {
    const { kernelBlocks, recurrentBlocks } = this.#cell;
    const { shape } = this.#tensors[weight];
    const blocks = weight === 'kernel' ? kernelBlocks : recurrentBlocks;
    return this.#make(shape, this.#layout.gather(sum, shape[0]!, blocks));
  }

  biasGradient(sum: Float32Array): tf.TensorInfo {
    const { kernelBlocks, recurrentBlocks } = this.#cell;
    const { shape } = this.#tensors.bias;
    const both = shape.length === 2 ? [kernelBlocks, recurrentBlocks] : [kernelBlocks];
    const values = both.flatMap((blocks) => [...this.#layout.gather(sum, 1, blocks)]);
    return this.#make(shape, Float32Array.from(values));
  }

  carryKernelGradient(sum: Float32Array): tf.TensorInfo {
    const { shape } = this.#tensors.carryKernel!;
    return this.#make(shape, new GateLayout(1, shape[0]!).gather(sum, shape[0]!, [0]));
  }

  #make(shape: number[], values: Float32Array): tf.TensorInfo {
    return this.#backend.makeTensorInfo(shape, 'float32', values);
  }
}
