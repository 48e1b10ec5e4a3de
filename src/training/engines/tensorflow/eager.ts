/**
 * TensorFlow's operations on tensors that tfjs does not know of: hundreds a batch, for which tfjs's own bookkeeping would take
 * longer than the work. What an operation gives lives until the scope around it ends.
 */
import type * as tf from '@tensorflow/tfjs-core';
import type { Binding, NodeBackend, OpAttribute, RawTensor } from './library.ts';

/** A tensor's number in the binding. */
export type Handle = number;

export class Eager {
  readonly #backend: NodeBackend;
  readonly #binding: Binding;
  #scope = new Set<Handle>();
  /** int64 scalars by value, made once: tfjs-node's way of making them anew leaks each. */
  readonly #longs = new Map<number, Handle>();
  readonly #float: OpAttribute;
  readonly #index: OpAttribute;

  constructor(backend: NodeBackend) {
    this.#backend = backend;
    this.#binding = backend.binding;
    this.#float = this.type('T', this.#binding.TF_FLOAT);
    this.#index = this.type('Tidx', this.#binding.TF_INT32);
  }

  /** Frees what `work` made, but for the tensors it names in `keep`, which go to the scope around. */
  scope<R>(work: () => { result: R; keep: readonly Handle[] }): R {
    const outer = this.#scope;
    const { result, made } = this.collect(work);
    for (const handle of result.keep) if (made.delete(handle)) outer.add(handle);
    this.free(made);
    return result.result;
  }

  /** Leaves what `work` made to the caller, who frees it. */
  collect<R>(work: () => R): { result: R; made: Set<Handle> } {
    const outer = this.#scope;
    const made = new Set<Handle>();
    this.#scope = made;
    try {
      return { result: work(), made };
    } catch (error) {
      this.free(made);
      throw error;
    } finally {
      this.#scope = outer;
    }
  }

  free(handles: Iterable<Handle>): void {
    for (const handle of handles) this.#binding.deleteTensor(handle);
  }

  /** Frees tensors of the scope in force before it ends. */
  drop(handles: readonly Handle[]): void {
    for (const handle of handles) if (this.#scope.delete(handle)) this.#binding.deleteTensor(handle);
  }

  /** tfjs's tensor, as another hold on the same values: tfjs may dispose of its own meanwhile. */
  hold(tensor: tf.TensorInfo): Handle {
    const [id] = this.#backend.getInputTensorIds([tensor]) as [number];
    return this.#run('Identity', [this.type('T', this.#typeOf(tensor))], [id]);
  }

  /** A tensor of a scope as one of tfjs's, which owns it from now on. */
  give(handle: Handle, shape: number[]): tf.Tensor {
    this.#scope.delete(handle);
    return this.#backend.createOutputTensor({ id: handle, shape, dtype: this.#binding.TF_FLOAT });
  }

  zeros(shape: readonly number[]): Handle {
    return this.floats(shape, new Float32Array(shape.reduce((product, size) => product * size, 1)));
  }

  floats(shape: readonly number[], values: Float32Array): Handle {
    return this.#track(this.#binding.createTensor(shape, this.#binding.TF_FLOAT, values));
  }

  integers(shape: readonly number[], values: ArrayLike<number>): Handle {
    return this.#track(this.#binding.createTensor(shape, this.#binding.TF_INT32, Int32Array.from(values)));
  }

  booleans(shape: readonly number[], values: Uint8Array): Handle {
    return this.#track(this.#binding.createTensor(shape, this.#binding.TF_BOOL, values));
  }

  long(value: number): Handle {
    let handle = this.#longs.get(value);
    if (handle === undefined) {
      handle = this.#binding.createTensor([], this.#binding.TF_INT64, Int32Array.of(value, 0));
      this.#longs.set(value, handle);
    }
    return handle;
  }

  /** Any operation whose tensors are float32. */
  op(name: string, inputs: readonly Handle[], attributes: readonly OpAttribute[] = []): Handle {
    return this.#run(name, [this.#float, ...attributes], inputs);
  }

  /** One that gives several. */
  ops(
    name: string,
    inputs: readonly Handle[],
    attributes: readonly OpAttribute[],
    outputs: number,
  ): Handle[] {
    const made = this.#binding.executeOp(name, [this.#float, ...attributes], inputs, outputs);
    return made.map(({ id }: RawTensor) => this.#track(id));
  }

  /** a b, either transposed first. */
  matMul(a: Handle, b: Handle, transpose: { a?: boolean; b?: boolean } = {}): Handle {
    return this.op(
      'MatMul',
      [a, b],
      [this.flag('transpose_a', transpose.a ?? false), this.flag('transpose_b', transpose.b ?? false)],
    );
  }

  add(a: Handle, b: Handle): Handle {
    return this.op('AddV2', [a, b]);
  }

  multiply(a: Handle, b: Handle): Handle {
    return this.op('Mul', [a, b]);
  }

  /** `condition` (B, 1) chooses rows of a or b, both (B, U). */
  choose(condition: Handle, a: Handle, b: Handle): Handle {
    return this.op('SelectV2', [condition, a, b]);
  }

  /** (B, N parts) into so many (B, N), or along another axis. */
  split(z: Handle, parts: number, axis = 1): Handle[] {
    return this.ops('Split', [this.integers([], [axis]), z], [this.integer('num_split', parts)], parts);
  }

  concat(parts: readonly Handle[], axis: number): Handle {
    if (parts.length === 1) return this.op('Identity', parts);
    return this.op(
      'ConcatV2',
      [...parts, this.integers([], [axis])],
      [this.integer('N', parts.length), this.#index],
    );
  }

  /** Of a matrix. */
  transpose(x: Handle): Handle {
    return this.op(
      'Transpose',
      [x, this.integers([2], [1, 0])],
      [this.type('Tperm', this.#binding.TF_INT32)],
    );
  }

  /** Swaps the first two of three axes. */
  swapAxes(x: Handle): Handle {
    return this.op(
      'Transpose',
      [x, this.integers([3], [1, 0, 2])],
      [this.type('Tperm', this.#binding.TF_INT32)],
    );
  }

  /** Turns the first axis round. */
  reverse(x: Handle): Handle {
    return this.op('ReverseV2', [x, this.integers([1], [0])], [this.#index]);
  }

  reshape(x: Handle, shape: readonly number[]): Handle {
    return this.op(
      'Reshape',
      [x, this.integers([shape.length], shape)],
      [this.type('Tshape', this.#binding.TF_INT32)],
    );
  }

  slice(x: Handle, begin: readonly number[], size: readonly number[]): Handle {
    return this.op(
      'Slice',
      [x, this.integers([begin.length], begin), this.integers([size.length], size)],
      [this.type('Index', this.#binding.TF_INT32)],
    );
  }

  /** The steps along the first axis. */
  unpack(x: Handle, count: number): Handle[] {
    return this.ops('Unpack', [x], [this.integer('num', count), this.integer('axis', 0)], count);
  }

  pack(parts: readonly Handle[]): Handle {
    return this.op('Pack', parts, [this.integer('N', parts.length), this.integer('axis', 0)]);
  }

  /** Sum over the first axis. */
  sumRows(x: Handle): Handle {
    return this.op('Sum', [x, this.integers([1], [0])], [this.flag('keep_dims', false), this.#index]);
  }

  /** A float32 tensor's values, once they are computed. */
  read(handle: Handle): Float32Array {
    return this.#binding.tensorDataSync(handle) as Float32Array;
  }

  text(name: string, value: string): OpAttribute {
    return { name, type: this.#binding.TF_ATTR_STRING, value };
  }

  flag(name: string, value: boolean): OpAttribute {
    return { name, type: this.#binding.TF_ATTR_BOOL, value };
  }

  integer(name: string, value: number): OpAttribute {
    return { name, type: this.#binding.TF_ATTR_INT, value };
  }

  real(name: string, value: number): OpAttribute {
    return { name, type: this.#binding.TF_ATTR_FLOAT, value };
  }

  type(name: string, value: number): OpAttribute {
    return { name, type: this.#binding.TF_ATTR_TYPE, value };
  }

  #run(name: string, attributes: readonly OpAttribute[], inputs: readonly Handle[]): Handle {
    return this.#track(this.#binding.executeOp(name, attributes, inputs, 1)[0]!.id);
  }

  #typeOf({ dtype }: tf.TensorInfo): number {
    const { TF_FLOAT, TF_INT32, TF_BOOL } = this.#binding;
    return dtype === 'float32' ? TF_FLOAT : dtype === 'int32' ? TF_INT32 : TF_BOOL;
  }

  #track(handle: Handle): Handle {
    this.#scope.add(handle);
    return handle;
  }
}
