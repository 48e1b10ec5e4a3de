/**
 * The bytes both transports carry (Electron's IPC and the WebSocket): a frame is a call, its answer or an event.
 * Layout: the length of the text (uint32, little-endian), JSON text, zeros up to a multiple of 8, then the typed arrays one
 * after another, each starting at a multiple of 8. What JSON cannot say stands in the text as an object with the key `$`:
 * a typed array with its place, a number such as NaN, or a plain object that has such a key itself.
 */
import { UnrollError, type ErrorValue } from '../errors.ts';

export interface CallFrame {
  id: number;
  method: string;
  input: unknown;
}
export interface OutputFrame {
  id: number;
  output: unknown;
}
export interface ErrorFrame {
  id: number;
  error: ErrorValue;
}
export interface EventFrame {
  event: string;
  payload: unknown;
}
export type Frame = CallFrame | OutputFrame | ErrorFrame | EventFrame;

/** The largest frame either side takes; models and texts are far smaller. */
export const LARGEST_FRAME_BYTES = 32 << 20;

const ARRAYS = {
  Uint8Array,
  Int8Array,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
  Float32Array,
  Float64Array,
} as const;
type ArrayName = keyof typeof ARRAYS;
type TypedArray = InstanceType<(typeof ARRAYS)[ArrayName]>;

const ALIGNMENT = 8;
const aligned = (length: number): number => Math.ceil(length / ALIGNMENT) * ALIGNMENT;
const NUMBERS: Record<string, number> = { NaN: NaN, Infinity: Infinity, '-Infinity': -Infinity, '-0': -0 };

function nameOf(array: ArrayBufferView): ArrayName {
  // A Node Buffer is a Uint8Array under another name.
  if (array instanceof Uint8Array) return 'Uint8Array';
  const name = array.constructor.name;
  if (!(name in ARRAYS))
    throw new UnrollError('input-invalid', { what: 'A frame', reason: `${name} cannot be sent.` });
  return name as ArrayName;
}

/** Collects typed arrays while a value is turned into what JSON can say. */
class Packer {
  readonly arrays: { at: number; array: ArrayBufferView }[] = [];
  length = 0;

  pack(value: unknown): unknown {
    if (typeof value === 'number') return this.#packNumber(value);
    if (typeof value !== 'object' || value === null) return value;
    if (ArrayBuffer.isView(value)) return this.#packArray(value);
    if (Array.isArray(value)) return value.map((item) => this.pack(item));
    const packed = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.pack(item)]));
    return Object.hasOwn(packed, '$') ? { $: 'object', value: packed } : packed;
  }

  #packNumber(value: number): unknown {
    if (Number.isFinite(value) && !Object.is(value, -0)) return value;
    return { $: 'number', value: Object.is(value, -0) ? '-0' : String(value) };
  }

  #packArray(array: ArrayBufferView): unknown {
    const at = this.length;
    this.arrays.push({ at, array });
    this.length = aligned(at + array.byteLength);
    return { $: nameOf(array), at, bytes: array.byteLength };
  }
}

export function encodeFrame(frame: Frame): Uint8Array<ArrayBuffer> {
  const packer = new Packer();
  const text = new TextEncoder().encode(JSON.stringify(packer.pack(frame)));
  const arraysAt = aligned(4 + text.length);
  const bytes = new Uint8Array(arraysAt + packer.length);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 4);
  for (const { at, array } of packer.arrays) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), arraysAt + at);
  }
  return bytes;
}

interface Marked {
  $: string;
  value?: unknown;
  at?: unknown;
  bytes?: unknown;
}

function unpackArray(mark: Marked, arrays: Uint8Array): TypedArray {
  const constructor = Object.hasOwn(ARRAYS, mark.$) ? ARRAYS[mark.$ as ArrayName] : undefined;
  const at = Number(mark.at);
  const bytes = Number(mark.bytes);
  const whole = Number.isSafeInteger(at) && Number.isSafeInteger(bytes) && at >= 0 && bytes >= 0;
  if (
    !constructor ||
    !whole ||
    at + bytes > arrays.byteLength ||
    bytes % constructor.BYTES_PER_ELEMENT !== 0
  ) {
    throw malformed('an array lies outside the frame');
  }
  return new constructor(arrays.slice(at, at + bytes).buffer);
}

function unpack(value: unknown, arrays: Uint8Array): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => unpack(item, arrays));
  const members = (object: object) =>
    Object.fromEntries(Object.entries(object).map(([key, item]) => [key, unpack(item, arrays)]));
  if (!Object.hasOwn(value, '$')) return members(value);
  const mark = value as Marked;
  if (mark.$ === 'object' && typeof mark.value === 'object' && mark.value !== null)
    return members(mark.value);
  if (mark.$ === 'number' && Object.hasOwn(NUMBERS, String(mark.value))) return NUMBERS[String(mark.value)];
  return unpackArray(mark, arrays);
}

function malformed(reason: string): UnrollError {
  return new UnrollError('input-invalid', { what: 'A frame', reason });
}

function isFrame(value: unknown): value is Frame {
  if (typeof value !== 'object' || value === null) return false;
  const frame = value as Record<string, unknown>;
  if (typeof frame.event === 'string') return true;
  return (
    Number.isSafeInteger(frame.id) &&
    (typeof frame.method === 'string' || 'output' in frame || 'error' in frame)
  );
}

/** @throws UnrollError `input-invalid` when the bytes are not a whole frame. */
export function decodeFrame(source: Uint8Array): Frame {
  try {
    const length = new DataView(source.buffer, source.byteOffset, source.byteLength).getUint32(0, true);
    if (4 + length > source.byteLength) throw malformed('cut off');
    const text = new TextDecoder('utf-8', { fatal: true }).decode(source.subarray(4, 4 + length));
    const frame = unpack(JSON.parse(text), source.subarray(Math.min(aligned(4 + length), source.byteLength)));
    if (!isFrame(frame)) throw malformed('neither a call, nor an answer, nor an event');
    return frame;
  } catch (error) {
    throw error instanceof UnrollError
      ? error
      : malformed(error instanceof Error ? error.message : String(error));
  }
}
