/** NumPy's .npy format (NumPy: lib/format.py, versions 1 to 3): a header in Python's words, then the array's bytes. */
import { UnrollError } from '../../shared/errors.ts';
import { DamagedPickle, readPickledLists, UnsafePickle } from './pickle.ts';

interface Header {
  /** Type in NumPy's short form: `<i8`, `|O`. */
  descr: string;
  shape: number[];
  /** Stored column by column. */
  fortran: boolean;
  /** Where the data begin. */
  dataStart: number;
}

/** An array file's name, for errors, and its bytes. */
export interface NpyFile {
  /** The file or archive the user gave. */
  path: string;
  /** `x_train.npy` within it. */
  entry: string;
  bytes: Buffer;
}

/**
 * A one-dimensional array of lists of whole numbers (dtype object, pickled).
 * @throws UnrollError `file-damaged`, `file-malformed`, `file-unsafe`
 */
export function readLists(file: NpyFile): Int32Array[] {
  const { descr, shape, dataStart } = readHeader(file);
  if (!descr.endsWith('O') || shape.length !== 1) {
    throw malformed(file, `it holds type ${descr} where lists of word ranks are due`);
  }
  const lists = readPickle(file, dataStart);
  if (lists.length !== shape[0])
    throw damaged(file, `it announces ${shape[0]} sequences and holds ${lists.length}`);
  return lists;
}

function readPickle(file: NpyFile, dataStart: number): Int32Array[] {
  try {
    return readPickledLists(file.bytes.subarray(dataStart));
  } catch (cause) {
    if (cause instanceof UnsafePickle) {
      throw new UnrollError(
        'file-unsafe',
        { path: file.path, reason: `${file.entry}: ${cause.message}` },
        { cause },
      );
    }
    if (cause instanceof DamagedPickle) throw damaged(file, cause.message);
    throw cause;
  }
}

/** How one number of a type is read. Big-endian types begin with `>`. */
const READERS: Readonly<Record<string, (bytes: Buffer, at: number) => number>> = {
  '|b1': (bytes, at) => bytes.readUInt8(at),
  '|i1': (bytes, at) => bytes.readInt8(at),
  '|u1': (bytes, at) => bytes.readUInt8(at),
  '<i2': (bytes, at) => bytes.readInt16LE(at),
  '<u2': (bytes, at) => bytes.readUInt16LE(at),
  '<i4': (bytes, at) => bytes.readInt32LE(at),
  '<u4': (bytes, at) => bytes.readUInt32LE(at),
  '<i8': (bytes, at) => Number(bytes.readBigInt64LE(at)),
  '<u8': (bytes, at) => Number(bytes.readBigUInt64LE(at)),
  '<f4': (bytes, at) => bytes.readFloatLE(at),
  '<f8': (bytes, at) => bytes.readDoubleLE(at),
};

export interface NumberArray {
  shape: readonly number[];
  /** Of a type without fractions. */
  whole: boolean;
  /** @param index in the order of the file, the last axis running fastest */
  numberAt: (index: number) => number;
}

/** Whether these first bytes of an array say that it is one of numbers. */
export function holdsNumbers(bytes: Buffer): boolean {
  try {
    return readHeader({ path: '', entry: '', bytes }).descr in READERS;
  } catch {
    return false;
  }
}

/** A one-dimensional array of numbers. @throws UnrollError `file-damaged`, `file-malformed` */
export function readNumbers(file: NpyFile): number[] {
  const { shape, numberAt } = readArray(file);
  if (shape.length !== 1)
    throw malformed(file, `it has the shape (${shape.join(', ')}) where a list of labels is due`);
  return Array.from({ length: shape[0] ?? 0 }, (_, index) => numberAt(index));
}

/** An array of numbers of any shape. @throws UnrollError `file-damaged`, `file-malformed` */
export function readArray(file: NpyFile): NumberArray {
  const { descr, shape, fortran, dataStart } = readHeader(file);
  const reader = READERS[descr];
  if (!reader) throw malformed(file, `it holds type ${descr} where numbers are due`);
  if (fortran && shape.length > 1) throw malformed(file, 'it is stored column by column (Fortran order)');
  const length = shape.reduce((product, axis) => product * axis, 1);
  const size = Number(descr.slice(2));
  if (file.bytes.length !== dataStart + length * size) {
    throw damaged(
      file,
      `${length} numbers of ${size} bytes are announced, ${file.bytes.length - dataStart} bytes there`,
    );
  }
  return {
    shape,
    whole: descr[1] !== 'f',
    numberAt: (index) => reader(file.bytes, dataStart + index * size),
  };
}

function readHeader(file: NpyFile): Header {
  const { bytes } = file;
  if (bytes.length < 12 || bytes.toString('latin1', 0, 6) !== '\x93NUMPY')
    throw damaged(file, 'it is no .npy array');
  const short = bytes[6] === 1;
  const start = short ? 10 : 12;
  const dataStart = start + (short ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8));
  if (dataStart > bytes.length) throw damaged(file, 'its header is cut off');
  const header = bytes.toString('latin1', start, dataStart);
  const descr = /'descr': *'([^']{2,20})'/.exec(header)?.[1];
  const shape = /'shape': *\(([\d, ]*)\)/.exec(header)?.[1];
  if (descr === undefined || shape === undefined) throw damaged(file, 'its header makes no sense');
  const fortran = /'fortran_order': *True/.test(header);
  return { descr, shape: (shape.match(/\d+/g) ?? []).map(Number), fortran, dataStart };
}

function malformed({ path, entry }: NpyFile, reason: string): UnrollError {
  const fix =
    'Save arrays of plain numbers (float32, float64 or whole), or reviews as lists as in Keras’s imdb.npz.';
  return new UnrollError('file-malformed', { path, reason: `${entry}: ${reason}.`, fix });
}

function damaged({ path, entry }: NpyFile, reason: string): UnrollError {
  return new UnrollError('file-damaged', { path, reason: `${entry}: ${reason}.` });
}
