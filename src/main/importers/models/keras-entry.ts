/** A layer in a file of Keras's, and what to do with one that is not in the catalogue. */
import type { Config } from './keras-values.ts';

export const OTHER_LAYERS =
  'Rebuild it from layers of the catalogue, which the help lists under Layers, or predict with it where it was made.';

/** A layer as the file describes it. */
export interface Entry {
  className: string;
  config: Config;
  /** The name connections use. */
  name: string;
  inbound: unknown;
  /** The shape Keras 3 built it with. */
  built: unknown;
}

/** One output of a layer; most layers have no other than 0. */
export interface Tensor {
  layer: string;
  output: number;
}

/** What a layer is called with. */
export interface Call {
  inputs: Tensor[];
  /** The operation whose result masks its steps, where Keras 3 wrote one. */
  mask: string | null;
}

/** Which half of a Bidirectional in the file a layer is made of. */
export interface Half {
  /** The Bidirectional's name. */
  of: string;
  direction: 'forward' | 'backward';
  /** How many arrays of weights each direction has. */
  arrays: Readonly<Record<'forward' | 'backward', number>>;
}

/** A layer with what it reads. */
export interface Connected extends Entry {
  call: Call;
  /** Null for a layer that is one in the file. */
  half: Half | null;
}
