/**
 * Eight float32 at a time, as two vectors of four whose instructions stand beside each other. Where V8 joins such pairs into
 * 256-bit instructions (wide.ts) they cost as much as one; elsewhere they are what they say. Results are the same bits.
 */
import { f32x4, v128, type FunctionBuilder, type Integer, type Local, type Vector } from './assembler.ts';

export type Eight = readonly [Vector, Vector];
type Sum = readonly [Local<'v128'>, Local<'v128'>];
type Unary = (a: Vector) => Vector;
type Binary = (a: Vector, b: Vector) => Vector;
type Ternary = (a: Vector, b: Vector, c: Vector) => Vector;

/** Bytes of eight float32. */
export const EIGHT = 32;

/** Emits into one function. Every result is kept in locals, so that it may be used again. */
export class Eights {
  readonly #f: FunctionBuilder;

  constructor(f: FunctionBuilder) {
    this.#f = f;
  }

  #both(make: (half: 0 | 1) => Vector): Eight {
    return [this.#f.local('v128', make(0)), this.#f.local('v128', make(1))];
  }
  #unary = (of: Unary) => (a: Eight) => this.#both((half) => of(a[half]));
  #binary = (of: Binary) => (a: Eight, b: Eight) => this.#both((half) => of(a[half], b[half]));
  #ternary = (of: Ternary) => (a: Eight, b: Eight, c: Eight) =>
    this.#both((half) => of(a[half], b[half], c[half]));

  readonly add = this.#binary(f32x4.add);
  readonly sub = this.#binary(f32x4.sub);
  readonly mul = this.#binary(f32x4.mul);
  readonly div = this.#binary(f32x4.div);
  readonly sqrt = this.#unary(f32x4.sqrt);
  readonly min = this.#binary((a, b) => this.#f.min(a, b));
  readonly max = this.#binary((a, b) => this.#f.max(a, b));
  /** a b + c. */
  readonly madd = this.#ternary((a, b, c) => this.#f.madd(a, b, c));
  /** c - a b. */
  readonly nmadd = this.#ternary((a, b, c) => this.#f.nmadd(a, b, c));

  /** One float32 in all eight lanes. */
  constant(value: number): Eight {
    return [this.#f.constant(value, 0), this.#f.constant(value, 1)];
  }

  load(address: Integer, offset = 0): Eight {
    return this.#both((half) => v128.load(address, offset + half * 16));
  }

  store(address: Integer, value: Eight, offset = 0): void {
    value.forEach((four, half) => this.#f.storeVector(address, four, offset + half * 16));
  }

  /** Locals to sum into. */
  locals(first: Eight): Sum {
    return [this.#f.local('v128', first[0]), this.#f.local('v128', first[1])];
  }

  /** sum += a b, with the same four in both halves of `a`. */
  addProduct(sum: Sum, a: Vector, b: Eight): void {
    sum.forEach((local, half) => this.#f.set(local, this.#f.madd(a, b[half]!, local)));
  }
}
