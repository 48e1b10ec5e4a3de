/**
 * A small assembler for WebAssembly. Kernels are written as TypeScript that emits instructions, so that every shape, stride
 * and unrolling is a constant of the generated module and a module is made in milliseconds at the start of a run.
 *
 * Expressions are values (`Expression<'i32'>`), statements are calls on a `FunctionBuilder`. Opcodes are those of the
 * WebAssembly core specification 2.0 and its relaxed SIMD extension.
 */

export type ValueType = 'i32' | 'v128';
const TYPE_CODE: Record<ValueType, number> = { i32: 0x7f, v128: 0x7b };

export interface Expression<T extends ValueType = ValueType> {
  readonly type: T;
  readonly code: readonly number[];
}
export interface Local<T extends ValueType = ValueType> extends Expression<T> {
  readonly index: number;
}
/** A plain number stands for an i32 constant. */
export type Integer = Expression<'i32'> | number;
export type Vector = Expression<'v128'>;

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  do {
    const byte = value & 0x7f;
    value >>>= 7;
    bytes.push(value ? byte | 0x80 : byte);
  } while (value);
  return bytes;
}

function signed(value: number): number[] {
  const bytes: number[] = [];
  for (;;) {
    const byte = value & 0x7f;
    value >>= 7;
    if ((value === 0 && !(byte & 0x40)) || (value === -1 && byte & 0x40)) return [...bytes, byte];
    bytes.push(byte | 0x80);
  }
}

function float32Bytes(value: number): number[] {
  return [...new Uint8Array(new Float32Array([value]).buffer)];
}

function make<T extends ValueType>(type: T, ...parts: (number | readonly number[])[]): Expression<T> {
  return { type, code: parts.flat() };
}
const simd = (opcode: number): number[] => [0xfd, ...unsigned(opcode)];
const integer = (value: Integer): readonly number[] =>
  typeof value === 'number' ? [0x41, ...signed(value)] : value.code;

const binaryI32 = (opcode: number) => (a: Integer, b: Integer) => make('i32', integer(a), integer(b), opcode);
export const i32 = {
  const: (value: number) => make('i32', integer(value)),
  add: binaryI32(0x6a),
  sub: binaryI32(0x6b),
  mul: binaryI32(0x6c),
  lt: binaryI32(0x48),
  ge: binaryI32(0x4e),
  gt: binaryI32(0x4a),
  ltUnsigned: binaryI32(0x49),
  shl: binaryI32(0x74),
  eqz: (a: Integer) => make('i32', integer(a), 0x45),
  load: (address: Integer, offset = 0) => make('i32', integer(address), 0x28, 2, unsigned(offset)),
};

const unaryVector = (opcode: number) => (a: Vector) => make('v128', a.code, simd(opcode));
const binaryVector = (opcode: number) => (a: Vector, b: Vector) => make('v128', a.code, b.code, simd(opcode));
export const v128 = {
  /** Four float32 from memory; 4-byte alignment is enough. */
  load: (address: Integer, offset = 0) => make('v128', integer(address), simd(0x00), 2, unsigned(offset)),
  /** One float32 from memory in all four lanes. */
  loadSplat: (address: Integer, offset = 0) =>
    make('v128', integer(address), simd(0x09), 2, unsigned(offset)),
  /** A float32 constant in all four lanes. */
  const: (value: number) => make('v128', simd(0x0c), ...[0, 1, 2, 3].map(() => float32Bytes(value))),
  constI32: (value: number) => v128.lanesI32(value, value, value, value),
  lanesI32: (...values: [number, number, number, number]): Expression<'v128'> =>
    make('v128', simd(0x0c), [...new Uint8Array(new Int32Array(values).buffer)]),
};
/** Comparisons give lanes of all ones or all zeros; `select` takes the bits of `a` where `mask` has ones, else those of `b`. */
export const bits = {
  and: binaryVector(0x4e),
  /** The bits of `a` where `b` has none. */
  andNot: binaryVector(0x4f),
  or: binaryVector(0x50),
  xor: binaryVector(0x51),
  select: (a: Vector, b: Vector, mask: Vector) => make('v128', a.code, b.code, mask.code, simd(0x52)),
  /** Four 32-bit lanes taken by number. */
  lanes: (a: Vector, ...order: [number, number, number, number]) => bits.lanesOfTwo(a, a, ...order),
  /** Four 32-bit lanes of two vectors: 0 to 3 of the first, 4 to 7 of the second. */
  lanesOfTwo: (a: Vector, b: Vector, ...order: [number, number, number, number]): Expression<'v128'> =>
    make(
      'v128',
      a.code,
      b.code,
      simd(0x0d),
      ...order.map((lane) => [0, 1, 2, 3].map((byte) => lane * 4 + byte)),
    ),
};
export const i32x4 = {
  add: binaryVector(0xae),
  eq: binaryVector(0x37),
  shl: (a: Vector, bits: number) => make('v128', a.code, integer(bits), simd(0xab)),
  splat: (a: Integer) => make('v128', integer(a), simd(0x11)),
  lessUnsigned: binaryVector(0x3a),
  /** 64-bit products of unsigned lanes 0 and 1, and of 2 and 3. */
  productsLow: binaryVector(0xde),
  productsHigh: binaryVector(0xdf),
};
export const f32x4 = {
  add: binaryVector(0xe4),
  sub: binaryVector(0xe5),
  mul: binaryVector(0xe6),
  div: binaryVector(0xe7),
  sqrt: unaryVector(0xe3),
  eq: binaryVector(0x41),
  ne: binaryVector(0x42),
  gt: binaryVector(0x44),
};

/** Statements of one function, in order. */
export class FunctionBuilder {
  readonly #module: ModuleBuilder;
  readonly #types: ValueType[] = [];
  readonly #parameters: number;
  /** Runs before everything else: constants, which V8 would otherwise make anew wherever they are used. */
  readonly #prologue: number[] = [];
  readonly #constants = new Map<string, Local<'v128'>>();
  readonly #code: number[] = [];

  constructor(module: ModuleBuilder, parameters: readonly ValueType[]) {
    this.#module = module;
    this.#types.push(...parameters);
    this.#parameters = parameters.length;
  }

  #reference<T extends ValueType>(index: number, type: T): Local<T> {
    return { type, index, code: [0x20, ...unsigned(index)] };
  }

  parameter<T extends ValueType>(index: number, type: T): Local<T> {
    return this.#reference(index, type);
  }

  /** A new local variable, with its first value if given. */
  local<T extends ValueType>(type: T, first?: Expression<T> | (T extends 'i32' ? number : never)): Local<T> {
    const local = this.#reference(this.#types.push(type) - 1, type);
    if (first !== undefined) this.set(local, first);
    return local;
  }

  set<T extends ValueType>(local: Local<T>, value: Expression<T> | (T extends 'i32' ? number : never)): void {
    const code = typeof value === 'number' ? integer(value) : value.code;
    this.#code.push(...code, 0x21, ...unsigned(local.index));
  }

  /** A float32 in all four lanes, made once a call. `copy` 0 and 1 are different locals, so that both can be joined to one. */
  constant(value: number, copy: 0 | 1 = 0): Vector {
    const key = `${value} ${copy}`;
    let local = this.#constants.get(key);
    if (!local) {
      local = this.local('v128');
      this.#prologue.push(...v128.const(value).code, 0x21, ...unsigned(local.index));
      this.#constants.set(key, local);
    }
    return local;
  }

  /** `local += amount`. */
  advance(local: Local<'i32'>, amount: Integer): void {
    this.set(local, i32.add(local, amount));
  }

  storeInteger(address: Integer, value: Integer, offset = 0): void {
    this.#code.push(...integer(address), ...integer(value), 0x36, 2, ...unsigned(offset));
  }

  storeVector(address: Integer, value: Vector, offset = 0): void {
    this.#code.push(...integer(address), ...value.code, ...simd(0x0b), 2, ...unsigned(offset));
  }

  /** Copies bytes; the ranges may overlap. */
  copy(to: Integer, from: Integer, bytes: Integer): void {
    this.#code.push(...integer(to), ...integer(from), ...integer(bytes), 0xfc, 0x0a, 0, 0);
  }

  /** Sets bytes to zero. */
  clear(at: Integer, bytes: Integer): void {
    this.#code.push(...integer(at), 0x41, 0, ...integer(bytes), 0xfc, 0x0b, 0);
  }

  /** a b + c, fused where relaxed SIMD is there. */
  madd(a: Vector, b: Vector, c: Vector): Vector {
    if (!this.#module.relaxed) return f32x4.add(f32x4.mul(a, b), c);
    return make('v128', a.code, b.code, c.code, simd(0x105));
  }

  /** c - a b, fused where relaxed SIMD is there. */
  nmadd(a: Vector, b: Vector, c: Vector): Vector {
    if (!this.#module.relaxed) return f32x4.sub(c, f32x4.mul(a, b));
    return make('v128', a.code, b.code, c.code, simd(0x106));
  }

  min(a: Vector, b: Vector): Vector {
    return make('v128', a.code, b.code, simd(this.#module.relaxed ? 0x10d : 0xe8));
  }

  max(a: Vector, b: Vector): Vector {
    return make('v128', a.code, b.code, simd(this.#module.relaxed ? 0x10e : 0xe9));
  }

  /** Repeats `body` while the condition it returns holds; runs it at least once. */
  repeat(body: () => Expression<'i32'>): void {
    this.#code.push(0x03, 0x40);
    const again = body();
    this.#code.push(...again.code, 0x0d, 0x00, 0x0b);
  }

  /** Runs `body` for as long as `condition` holds, checked first. */
  while(condition: Expression<'i32'>, body: () => void): void {
    this.if(condition, () =>
      this.repeat(() => {
        body();
        return condition;
      }),
    );
  }

  if(condition: Expression<'i32'>, then: () => void, otherwise?: () => void): void {
    this.#code.push(...condition.code, 0x04, 0x40);
    then();
    if (otherwise) {
      this.#code.push(0x05);
      otherwise();
    }
    this.#code.push(0x0b);
  }

  /** Calls a function of this module. */
  call(name: string, ...values: Integer[]): void {
    for (const value of values) this.#code.push(...integer(value));
    this.#code.push(0x10, ...unsigned(this.#module.indexOf(name)));
  }

  body(): number[] {
    const locals = this.#types.slice(this.#parameters);
    const declared = locals.flatMap((type) => [1, TYPE_CODE[type]]);
    const bytes = [...unsigned(locals.length), ...declared, ...this.#prologue, ...this.#code, 0x0b];
    return [...unsigned(bytes.length), ...bytes];
  }
}

/** Multiplications with addition that a call with these arguments does; `memory` is the engine's, as int32. */
export type Multiplications = (values: readonly number[], memory: Int32Array) => number;

/** One module on one imported memory (`env.memory`). Functions return nothing. */
export class ModuleBuilder {
  readonly relaxed: boolean;
  /** V8 joins neighbouring pairs of vectors into 256-bit instructions (wide.ts): tiles are shaped for that. */
  readonly wide: boolean;
  readonly #sharedMemory: boolean;
  readonly #functions: { name: string; parameters: readonly ValueType[]; builder: FunctionBuilder }[] = [];
  readonly #multiplications = new Map<string, Multiplications>();

  constructor(options: { relaxed: boolean; wide?: boolean; sharedMemory: boolean }) {
    this.relaxed = options.relaxed;
    this.wide = options.wide ?? false;
    this.#sharedMemory = options.sharedMemory;
  }

  get functionNames(): string[] {
    return this.#functions.map(({ name }) => name);
  }

  indexOf(name: string): number {
    const index = this.#functions.findIndex((one) => one.name === name);
    if (index < 0) throw new RangeError(`no function ${name} has been declared in this module`);
    return index;
  }

  /** States what a function multiplies, for the profile; a function that nothing is stated of multiplies nothing. */
  multiplies(name: string, count: Multiplications): void {
    this.#multiplications.set(name, count);
  }

  multiplicationsOf(name: string): Multiplications | null {
    return this.#multiplications.get(name) ?? null;
  }

  /** Declares and writes a function; `write` receives its builder and its parameters as locals. */
  function<const P extends readonly ValueType[]>(
    name: string,
    parameters: P,
    write: (f: FunctionBuilder, ...values: { [K in keyof P]: Local<P[K]> }) => void,
  ): void {
    const builder = new FunctionBuilder(this, parameters);
    this.#functions.push({ name, parameters, builder });
    const values = parameters.map((type, index) => builder.parameter(index, type));
    write(builder, ...(values as unknown as { [K in keyof P]: Local<P[K]> }));
  }

  build(): Uint8Array<ArrayBuffer> {
    const text = (value: string) => [...unsigned(value.length), ...new TextEncoder().encode(value)];
    const section = (id: number, items: readonly number[][]) => {
      const bytes = [...unsigned(items.length), ...items.flat()];
      return [id, ...unsigned(bytes.length), ...bytes];
    };
    const types = this.#functions.map(({ parameters }) => [
      0x60,
      ...unsigned(parameters.length),
      ...parameters.map((type) => TYPE_CODE[type]),
      0,
    ]);
    const limits = this.#sharedMemory ? [0x03, 1, ...unsigned(65536)] : [0x01, 1, ...unsigned(65536)];
    return new Uint8Array([
      ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
      ...section(1, types),
      ...section(2, [[...text('env'), ...text('memory'), 0x02, ...limits]]),
      ...section(
        3,
        this.#functions.map((_, index) => unsigned(index)),
      ),
      ...section(
        7,
        this.#functions.map(({ name }, index) => [...text(name), 0x00, ...unsigned(index)]),
      ),
      ...section(
        10,
        this.#functions.map(({ builder }) => builder.body()),
      ),
    ]);
  }
}

/** Whether this host compiles relaxed SIMD instructions. */
export function hasRelaxedSimd(): boolean {
  const module = new ModuleBuilder({ relaxed: true, sharedMemory: false });
  module.function('probe', ['i32'], (f, at) =>
    f.storeVector(at, f.madd(v128.load(at), v128.load(at), v128.load(at))),
  );
  return WebAssembly.validate(module.build());
}
