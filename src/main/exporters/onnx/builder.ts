/** Puts an ONNX graph together: nodes one after another, weights beside them, names that are never given twice. */
import { tensor, type GraphProto, type TensorProto } from './format.ts';

export type Attribute =
  | number
  | string
  | readonly number[]
  | readonly string[]
  | GraphProto
  | { float: number }
  | { floats: number[] };

const FLOAT = 1;
const INT = 2;
const STRING = 3;
const GRAPH = 5;
const FLOATS = 6;
const INTS = 7;
const STRINGS = 8;

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Numbers are whole ones; others are given as `{ float }`. */
function attribute(name: string, value: Attribute): object {
  if (typeof value === 'number') return { name, type: INT, i: value };
  if (typeof value === 'string') return { name, type: STRING, s: bytes(value) };
  if ('float' in value) return { name, type: FLOAT, f: value.float };
  if ('floats' in value) return { name, type: FLOATS, floats: value.floats };
  if ('node' in value) return { name, type: GRAPH, g: value };
  if (value.every((item) => typeof item === 'number')) return { name, type: INTS, ints: value };
  return { name, type: STRINGS, strings: value.map((item) => bytes(String(item))) };
}

export class GraphBuilder {
  readonly nodes: object[] = [];
  readonly initializers: TensorProto[] = [];
  readonly #prefix: string;
  #count = 0;

  /** @param prefix keeps the names of a graph within a graph apart from those around it */
  constructor(prefix = '') {
    this.#prefix = prefix;
  }

  /** Adds a node. @returns the names of its outputs */
  many(
    opType: string,
    inputs: readonly string[],
    outputs: number,
    attributes: Readonly<Record<string, Attribute>> = {},
  ): string[] {
    const name = `${this.#prefix}${opType}_${this.#count++}`;
    const output = Array.from({ length: outputs }, (_, i) => (outputs === 1 ? name : `${name}:${i}`));
    const attributeList = Object.entries(attributes).map(([key, value]) => attribute(key, value));
    this.nodes.push({ opType, name, input: inputs, output, attribute: attributeList });
    return output;
  }

  /** Adds a node of one output. @returns the output's name */
  add(
    opType: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): string {
    return this.many(opType, inputs, 1, attributes)[0]!;
  }

  /** Weights under a name of their own. */
  weight(name: string, dims: readonly number[], data: Float32Array): string {
    this.initializers.push(tensor(name, dims, data));
    return name;
  }

  /** A number all elements meet. */
  scalar(value: number): string {
    return this.weight(`${this.#prefix}scalar_${this.#count++}`, [], Float32Array.of(value));
  }

  /** Whole numbers that say how: axes, positions, shapes. */
  ints(...values: number[]): string {
    const name = `${this.#prefix}ints_${this.#count++}`;
    this.initializers.push(tensor(name, [values.length], BigInt64Array.from(values, BigInt)));
    return name;
  }

  /** Gives a value the name it has outside of the graph. */
  nameOutput(value: string, name: string): void {
    this.nodes.push({
      opType: 'Identity',
      name: `${this.#prefix}name_${name}`,
      input: [value],
      output: [name],
      attribute: [],
    });
  }
}
