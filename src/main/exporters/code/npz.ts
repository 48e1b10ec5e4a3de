/** NumPy's `.npz`: a zip of arrays, each with a header in Python's words (NumPy: lib/format.py, version 1). */
import { zipSync } from 'fflate';

type NpyArray = Int32Array | Uint32Array | Float32Array;

const DESCRIPTIONS = { Int32Array: '<i4', Uint32Array: '<u4', Float32Array: '<f4' } as const;

function npy(array: NpyArray): Uint8Array {
  const descr = DESCRIPTIONS[array.constructor.name as keyof typeof DESCRIPTIONS];
  const words = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${array.length},), }`;
  // The data begin at a multiple of 64; the header ends with a new line.
  const length = Math.ceil((10 + words.length + 1) / 64) * 64 - 10;
  const header = Buffer.from(`\x93NUMPY\x01\x00\x00\x00${words.padEnd(length - 1)}\n`, 'latin1');
  header.writeUInt16LE(length, 8);
  return Buffer.concat([header, Buffer.from(array.buffer, array.byteOffset, array.byteLength)]);
}

/** The earliest time a zip can tell, as NumPy has it: the same arrays are the same bytes. */
const NO_TIME = new Date(1980, 0, 1);

/** One-dimensional arrays by name, compressed. */
export function npz(arrays: Readonly<Record<string, NpyArray>>): Uint8Array {
  return zipSync(
    Object.fromEntries(Object.entries(arrays).map(([name, array]) => [`${name}.npy`, npy(array)])),
    { mtime: NO_TIME },
  );
}
