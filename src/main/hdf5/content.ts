/** What of an HDF5 file crosses between this process and the worker that has the HDF5 library. */

export interface Hdf5Array {
  shape: readonly number[];
  /** Row by row. Whole numbers (an optimizer's count of steps) are written as int64 where they are given so. */
  data: Float32Array | BigInt64Array;
}

export type Hdf5Attribute = string | number | readonly string[];

export interface Hdf5Content {
  /** Every group by its path (`layers/dense`; the file itself is the empty path) with its attributes. */
  groups: Map<string, Map<string, Hdf5Attribute>>;
  /** Every array of numbers by its path. */
  arrays: Map<string, Hdf5Array>;
}

export type Hdf5Request = { kind: 'read'; bytes: Uint8Array } | { kind: 'write'; content: Hdf5Content };

export type Hdf5Answer =
  | { kind: 'read'; content: Hdf5Content }
  | { kind: 'written'; bytes: Uint8Array<ArrayBuffer> }
  /** The file is not what it should be, in the words of `file-damaged`, or holds what is not to be followed. */
  | { kind: 'refused'; code: 'file-damaged' | 'file-unsafe' | 'file-too-large'; reason: string };
