/**
 * A checkpoint is everything training needs to go on as if it had never stopped: weights, optimizer slots, position and
 * callbacks' state. Random numbers need no state: every draw is a function of (seed, layer, epoch, batch).
 * One byte string: the length of the header, the header as JSON, then the arrays as little-endian float32, in order.
 */
import { UnrollError } from './errors.ts';
import type { Compiled } from './training.ts';

export interface NamedArray {
  /** `layer/variable`, as Keras writes it: `lstm/recurrent_kernel`. */
  name: string;
  shape: readonly number[];
  data: Float32Array;
}

/** Where training stands; the next batch to do is `batch` of `epoch` (both counted from 0). */
export interface TrainingPosition {
  epoch: number;
  batch: number;
  /** Optimizer updates done so far, over all epochs. */
  iterations: number;
  /** The learning rate now in force (reduce-on-plateau may have lowered it). */
  learningRate: number;
  /** Sums over the batches done of the unfinished epoch, by metric, and the examples they cover. */
  sums: Record<string, number>;
  examples: number;
  /** Seconds already spent in the unfinished epoch. */
  seconds: number;
  /** State of early stopping, reduce-on-plateau and best-checkpoint keeping, by callback name. */
  callbacks: Record<string, Record<string, number | null>>;
}

export interface Checkpoint {
  position: TrainingPosition;
  weights: NamedArray[];
  /** Optimizer slots, named `slot/layer/variable`. */
  slots: NamedArray[];
  /** How the model was compiled, where it came compiled from another program. */
  compiled?: Compiled;
}

interface Header {
  format: 'unroll-checkpoint';
  version: 1;
  position: TrainingPosition;
  weights: { name: string; shape: readonly number[] }[];
  slots: { name: string; shape: readonly number[] }[];
  compiled?: Compiled;
}

const size = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);
const outline = ({ name, shape }: NamedArray) => ({ name, shape });

export function encodeCheckpoint(checkpoint: Checkpoint): Uint8Array {
  const header: Header = {
    format: 'unroll-checkpoint',
    version: 1,
    position: checkpoint.position,
    weights: checkpoint.weights.map(outline),
    slots: checkpoint.slots.map(outline),
    ...(checkpoint.compiled && { compiled: checkpoint.compiled }),
  };
  const text = new TextEncoder().encode(JSON.stringify(header));
  const arraysAt = 4 + Math.ceil(text.length / 4) * 4;
  const arrays = [...checkpoint.weights, ...checkpoint.slots];
  const bytes = new Uint8Array(arraysAt + 4 * arrays.reduce((sum, { data }) => sum + data.length, 0));
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 4);
  let at = arraysAt;
  for (const { data } of arrays) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/** Whether this is a list of names with shapes, as a header has them. */
function isOutline(list: unknown): boolean {
  return (
    Array.isArray(list) &&
    (list as (Partial<NamedArray> | null)[]).every(
      (one) =>
        typeof one?.name === 'string' &&
        Array.isArray(one.shape) &&
        one.shape.every((length) => Number.isSafeInteger(length) && length >= 0),
    )
  );
}

/** @throws UnrollError `file-damaged` when the bytes are not a whole checkpoint. */
export function decodeCheckpoint(source: Uint8Array): Checkpoint {
  const damaged = (reason: string) => new UnrollError('file-damaged', { path: 'checkpoint', reason });
  if (source.byteLength < 4) throw damaged('too short');
  // Not `slice`: a Node Buffer's slice shares its bytes, and with them the address that float32 cannot be read at.
  const bytes = source.byteOffset % 4 === 0 ? source : new Uint8Array(source);
  const headerLength = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  if (headerLength > bytes.byteLength - 4) throw damaged('header cut off');
  let header: Header;
  try {
    header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + headerLength))) as Header;
  } catch {
    throw damaged('header unreadable');
  }
  if (header?.format !== 'unroll-checkpoint' || header.version !== 1)
    throw damaged('not a checkpoint of this version');
  if (![header.weights, header.slots].every(isOutline) || typeof header.position !== 'object')
    throw damaged('header not as Unroll writes it');
  let at = 4 + Math.ceil(headerLength / 4) * 4;
  const take = ({ name, shape }: { name: string; shape: readonly number[] }): NamedArray => {
    const length = size(shape);
    if (at + 4 * length > bytes.byteLength) throw damaged(`${name} cut off`);
    const data = new Float32Array(bytes.buffer, bytes.byteOffset + at, length).slice();
    at += 4 * length;
    return { name, shape, data };
  };
  const weights = header.weights.map(take);
  const slots = header.slots.map(take);
  if (at !== bytes.byteLength) throw damaged('bytes left over');
  return { position: header.position, weights, slots, ...(header.compiled && { compiled: header.compiled }) };
}
