/** A recurrent layer's weights as its kernels read them, and their gradients as Keras lays weights out. */
import type * as tf from '@tensorflow/tfjs-core';
import type { SimdBackend } from './backend.ts';
import { GateLayout, gather, inPanels, inTransposedPanels, spread } from './gate-layout.ts';
import { padded } from './matrix.ts';
import { PartialGradient, type Partials } from './partials.ts';
import type { CellKernel } from './kernels/cell.ts';

export interface WeightTensors {
  /** W (D, G U), R (U, G U), b (G U) or, for GRU, (2, 3 U); V (U, U) of Book LSTM alone. */
  kernel: tf.TensorInfo;
  recurrentKernel: tf.TensorInfo;
  bias: tf.TensorInfo;
  carryKernel: tf.TensorInfo | null;
}
type Matrix = Exclude<keyof WeightTensors, 'bias'>;

/** Where a matrix's numbers lie in panels, in the panels of its transpose, and in the rows of its gradient. */
interface MatrixPlaces {
  panels: Int32Array;
  transposed: Int32Array;
  rows: Int32Array;
  /** With its zeros. */
  floats: number;
}

/** Where a layer's numbers lie; the same for all layers of one cell and size. */
class WeightPlaces {
  readonly #cell: CellKernel;
  readonly #units: number;
  readonly #known = new Map<string, MatrixPlaces>();
  /** The bias, or each of GRU's two, by block. */
  readonly bias: Int32Array[];
  readonly width: number;

  constructor(cell: CellKernel, units: number) {
    this.#cell = cell;
    this.#units = units;
    const layout = new GateLayout(cell.blocks, units);
    this.width = layout.width;
    this.bias = [cell.kernelBlocks, cell.recurrentBlocks].map((blocks) =>
      layout.places(1, blocks, layout.inRows),
    );
  }

  matrix(weight: Matrix, rows: number): MatrixPlaces {
    const key = `${weight} ${rows}`;
    let places = this.#known.get(key);
    if (!places) {
      const { kernelBlocks, recurrentBlocks } = this.#cell;
      const blocks = { kernel: kernelBlocks, recurrentKernel: recurrentBlocks, carryKernel: [0] }[weight];
      const layout = new GateLayout(weight === 'carryKernel' ? 1 : this.#cell.blocks, this.#units);
      places = {
        panels: layout.places(rows, blocks, inPanels(padded(rows))),
        transposed: layout.places(rows, blocks, inTransposedPanels(layout.width)),
        rows: layout.places(rows, blocks, layout.inRows),
        floats: padded(rows) * layout.width,
      };
      this.#known.set(key, places);
    }
    return places;
  }
}

const known = new Map<CellKernel, Map<number, WeightPlaces>>();

function placesOf(cell: CellKernel, units: number): WeightPlaces {
  if (!known.has(cell)) known.set(cell, new Map());
  const byUnits = known.get(cell)!;
  if (!byUnits.has(units)) byUnits.set(units, new WeightPlaces(cell, units));
  return byUnits.get(units)!;
}

export class RecurrentWeights {
  readonly hasCarryKernel: boolean;
  readonly #backend: SimdBackend;
  readonly #places: WeightPlaces;
  readonly #tensors: WeightTensors;

  constructor(backend: SimdBackend, cell: CellKernel, units: number, tensors: WeightTensors) {
    this.#backend = backend;
    this.#places = placesOf(cell, units);
    this.#tensors = tensors;
    this.hasCarryKernel = tensors.carryKernel !== null;
  }

  /** W, R or V in panels, or its transpose; the caller frees it. 0 where there is none. */
  pack(weight: Matrix, transposed: boolean): number {
    const tensor = this.#tensors[weight];
    if (!tensor) return 0;
    const places = this.#places.matrix(weight, tensor.shape[0]!);
    const address = this.#backend.arena.allocate(places.floats * 4);
    const to = this.#backend.arena.floats(address, places.floats);
    spread(to, this.#backend.values(tensor), transposed ? places.transposed : places.panels);
    return address;
  }

  /** The bias of each block; GRU's second bias, that of the recurrent product, is added to it. */
  bias(): Float32Array {
    const { bias } = this.#tensors;
    const values = this.#backend.values(bias);
    const [first, second] = this.#places.bias as [Int32Array, Int32Array];
    const sum = new Float32Array(this.#places.width);
    spread(sum, values, first);
    if (bias.shape.length === 1) return sum;
    second.forEach((place, i) => (sum[place]! += values[first.length + i]!));
    return sum;
  }

  /** The gradient of W, R or V from the rows that kernels summed. */
  gradient(weight: Matrix, parts: Partials): tf.TensorInfo {
    const { shape } = this.#tensors[weight]!;
    const { rows } = this.#places.matrix(weight, shape[0]!);
    return this.#backend.makeLazy(shape, new PartialGradient(parts, (sum) => gather(sum, rows)));
  }

  biasGradient(parts: Partials): tf.TensorInfo {
    const { shape } = this.#tensors.bias;
    const places = this.#places.bias.slice(0, shape.length);
    const arrange = (sum: Float32Array): Float32Array => {
      const both = new Float32Array(places.reduce((size, { length }) => size + length, 0));
      places.reduce((at, of) => (both.set(gather(sum, of), at), at + of.length), 0);
      return both;
    };
    return this.#backend.makeLazy(shape, new PartialGradient(parts, arrange));
  }
}
