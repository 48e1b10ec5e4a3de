/** Reads and writes HDF5 with the HDF5 library itself, compiled to WebAssembly. */
import h5wasm, { BrokenSoftLink, Dataset, ExternalLink, File, FS, Group } from 'h5wasm';
import type { Hdf5Answer, Hdf5Array, Hdf5Attribute, Hdf5Content, Hdf5Request } from './content.ts';

/** Far above any model of the catalogue. */
const MOST_OBJECTS = 50_000;
const DEEPEST = 32;
const MOST_BYTES = 2 ** 30;
/** Above this size the numbers must not be this many times larger than the file: what was never written takes no room in it. */
const LARGE_BYTES = 16 * 2 ** 20;
const LARGEST_RATIO = 200;

class Refused extends Error {
  readonly answer: Hdf5Answer;

  constructor(code: 'file-damaged' | 'file-unsafe' | 'file-too-large', reason: string) {
    super(reason);
    this.answer = { kind: 'refused', code, reason };
  }
}

const join = (path: string, name: string): string => (path === '' ? name : `${path}/${name}`);

/** Text, a list of texts or a number; any other attribute has no meaning in a model's file. */
function attributesOf(group: Group): Map<string, Hdf5Attribute> {
  const attributes = new Map<string, Hdf5Attribute>();
  for (const [name, { value }] of Object.entries(group.attrs)) {
    if (typeof value === 'string' || typeof value === 'number') attributes.set(name, value);
    else if (Array.isArray(value) && value.every((item) => typeof item === 'string'))
      attributes.set(name, value);
    // An empty list has no type of its own; h5py writes it as numbers.
    else if (ArrayBuffer.isView(value) && value.byteLength === 0) attributes.set(name, []);
  }
  return attributes;
}

class Reading {
  readonly content: Hdf5Content = { groups: new Map(), arrays: new Map() };
  readonly #mostBytes: number;
  #objects = 0;
  #bytes = 0;

  /** @param fileBytes the size of the file */
  constructor(fileBytes: number) {
    this.#mostBytes = Math.min(MOST_BYTES, Math.max(LARGE_BYTES, LARGEST_RATIO * fileBytes));
  }

  group(group: Group, path: string, depth: number): void {
    if (depth > DEEPEST)
      throw new Refused('file-damaged', `its groups are nested more than ${DEEPEST} deep.`);
    this.content.groups.set(path, attributesOf(group));
    for (const name of group.keys()) {
      if (++this.#objects > MOST_OBJECTS)
        throw new Refused('file-too-large', `it holds more than ${MOST_OBJECTS} objects.`);
      const child = group.get(name);
      if (child instanceof ExternalLink || child instanceof BrokenSoftLink)
        throw new Refused('file-unsafe', `${join(path, name)} is a link to something outside of the file.`);
      if (child instanceof Group) this.group(child, join(path, name), depth + 1);
      else if (child instanceof Dataset) this.#array(child, join(path, name));
    }
  }

  #array(dataset: Dataset, path: string): void {
    const { shape } = dataset;
    const numeric = typeof dataset.dtype === 'string' && /^[<>|]?[bhilqBHILQfd]$/.test(dataset.dtype);
    if (!shape || !numeric) return;
    const size = shape.reduce((product, length) => product * length, 1);
    // No number takes more.
    this.#bytes += 8 * size;
    if (!(this.#bytes <= this.#mostBytes))
      throw new Refused('file-too-large', `${path} announces more numbers than Unroll reads.`);
    this.content.arrays.set(path, { shape, data: numbersOf(dataset, size, path) });
  }
}

function numbersOf(dataset: Dataset, size: number, path: string): Float32Array {
  const { value } = dataset;
  const scalar = typeof value === 'number' || typeof value === 'bigint';
  const data = scalar ? Float32Array.of(Number(value)) : toFloats(value);
  if (data?.length !== size) throw new Refused('file-damaged', `${path} cannot be read.`);
  return data;
}

function toFloats(value: unknown): Float32Array | null {
  if (value instanceof Float32Array) return value;
  if (value instanceof BigInt64Array || value instanceof BigUint64Array)
    return Float32Array.from(value, Number);
  return ArrayBuffer.isView(value) && !(value instanceof DataView)
    ? Float32Array.from(value as Float64Array)
    : null;
}

function read(bytes: Uint8Array): Hdf5Content {
  FS!.writeFile('in.h5', bytes);
  const file = new File('in.h5', 'r');
  const reading = new Reading(bytes.length);
  try {
    reading.group(file, '', 0);
  } finally {
    file.close();
  }
  return reading.content;
}

/** The group of a path, made with all groups above it where they are missing. */
function groupAt(file: File, path: string): Group {
  let group: Group = file;
  for (const name of path.split('/').filter(Boolean)) {
    const child = group.keys().includes(name) ? group.get(name) : group.create_group(name);
    group = child as Group;
  }
  return group;
}

function writeArray(file: File, path: string, { shape, data }: Hdf5Array): void {
  const at = path.lastIndexOf('/');
  const dtype = data instanceof Float32Array ? '<f' : '<q';
  const name = path.slice(at + 1);
  groupAt(file, path.slice(0, Math.max(0, at))).create_dataset({ name, data, shape: [...shape], dtype });
}

function write({ groups, arrays }: Hdf5Content): Uint8Array<ArrayBuffer> {
  const file = new File('out.h5', 'w');
  for (const [path, attributes] of groups) {
    const group = groupAt(file, path);
    for (const [name, value] of attributes) {
      if (typeof value !== 'object') group.create_attribute(name, value);
      else if (value.length > 0) group.create_attribute(name, [...value]);
      // An empty list does not say of what it is one.
      else group.create_attribute(name, [], [0], 'S1');
    }
  }
  for (const [path, array] of arrays) writeArray(file, path, array);
  file.flush();
  file.close();
  return FS!.readFile('out.h5') as Uint8Array<ArrayBuffer>;
}

export function answer(request: Hdf5Request): Hdf5Answer {
  if (request.kind === 'write') return { kind: 'written', bytes: write(request.content) };
  try {
    return { kind: 'read', content: read(request.bytes) };
  } catch (error) {
    if (error instanceof Refused) return error.answer;
    // The library says much and explains little.
    return { kind: 'refused', code: 'file-damaged', reason: 'it is no HDF5 file, or part of it is missing.' };
  }
}

/** Resolves when the library can be used. */
export const ready: Promise<unknown> = h5wasm.ready;
