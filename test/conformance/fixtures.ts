/** Reads what make_fixtures.py wrote: TOPIC.json with the cases and their tables of arrays, TOPIC.bin with the arrays. */
import { readFileSync } from 'node:fs';
import type { NamedArray } from '../../src/shared/checkpoint.ts';
import type { ModelGraph } from '../../src/shared/graph/graph.ts';
import { lossSchema, metricSchema, optimizerSchema, trainingSchema } from '../../src/shared/training.ts';
import type { TrainingConfig } from '../../src/shared/training.ts';

export interface FixtureArray {
  name: string;
  shape: number[];
  data: Float32Array | Int32Array;
}

interface ArrayEntry {
  name: string;
  dtype: 'float32' | 'int32';
  shape: number[];
}

interface CaseHeader {
  name: string;
  graph: ModelGraph;
  loss: string;
  metrics: string[];
  optimizer: Record<string, unknown>;
  /** Rows of one training step; inputs and targets hold three steps behind one another. */
  batch: number;
  /** Keras's loss of the first batch before training. */
  lossValue: number;
  /** What each training step's `train_on_batch` returned. */
  logs: Record<string, number>[];
  parameters: number;
  layers: { id: string; shape: (number | null)[]; parameters: number }[];
  arrays: ArrayEntry[];
}

export class Fixture {
  readonly header: CaseHeader;
  private readonly arrays: FixtureArray[];

  constructor(header: CaseHeader, arrays: FixtureArray[]) {
    this.header = header;
    this.arrays = arrays;
  }

  get name(): string {
    return this.header.name;
  }

  /** The training configuration of the case, completed with Unroll's defaults. */
  get training(): TrainingConfig {
    return trainingSchema.parse({
      optimizer: optimizerSchema.parse(this.header.optimizer),
      loss: lossSchema.parse(this.header.loss),
      metrics: this.header.metrics.map((metric) => metricSchema.parse(metric)),
      batch_size: this.header.batch,
    });
  }

  array(name: string): FixtureArray {
    const found = this.arrays.find((array) => array.name === name);
    if (!found) throw new Error(`${this.name} has no array ${name}`);
    return found;
  }

  /** The arrays named `kind/layer/variable`, without the kind, in Keras's order of weights. */
  all(kind: 'weight' | 'gradient' | 'trained'): NamedArray[] {
    return this.arrays
      .filter(({ name }) => name.startsWith(`${kind}/`))
      .map(({ name, shape, data }) => ({
        name: name.slice(kind.length + 1),
        shape,
        data: data as Float32Array,
      }));
  }

  /** The rows of one training step of `targets` or `input/…`. */
  step(name: string, step: number): FixtureArray {
    const { shape, data } = this.array(name);
    const { batch } = this.header;
    const width = data.length / shape[0]!;
    const rows = data.subarray(step * batch * width, (step + 1) * batch * width);
    return { name, shape: [batch, ...shape.slice(1)], data: rows };
  }
}

const folder = new URL('fixtures/', import.meta.url);

export function readFixtures(topic: string): Fixture[] {
  const { cases } = JSON.parse(readFileSync(new URL(`${topic}.json`, folder), 'utf8')) as {
    cases: CaseHeader[];
  };
  const bytes = readFileSync(new URL(`${topic}.bin`, folder));
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  let at = 0;
  const take = ({ name, dtype, shape }: ArrayEntry): FixtureArray => {
    const length = shape.reduce((product, n) => product * n, 1);
    const data =
      dtype === 'int32' ? new Int32Array(buffer, at, length) : new Float32Array(buffer, at, length);
    at += 4 * length;
    return { name, shape, data };
  };
  const fixtures = cases.map((header) => new Fixture(header, header.arrays.map(take)));
  if (at !== buffer.byteLength) throw new Error(`${topic}.bin has ${buffer.byteLength - at} bytes left over`);
  return fixtures;
}

export interface KerasDefaults {
  layers: Record<string, Record<string, unknown>>;
  optimizers: Record<string, Record<string, unknown>>;
  callbacks: Record<string, Record<string, unknown>>;
}

export function readDefaults(): KerasDefaults {
  return JSON.parse(readFileSync(new URL('defaults.json', folder), 'utf8')) as KerasDefaults;
}
