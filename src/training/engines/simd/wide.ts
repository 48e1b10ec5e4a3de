/**
 * 256-bit instructions. WebAssembly's vectors have 128 bits; V8 for x86 joins neighbouring pairs of them where its flag
 * `--experimental-wasm-revectorize` is set, which doubles the speed of matrix products. Since V8 calls it experimental, a
 * product and a function are computed both ways at the start, and the flag stays only where they agree bit for bit.
 */
import { setFlagsFromString } from 'node:v8';
import { ModuleBuilder, hasRelaxedSimd, i32, type FunctionBuilder, type Local } from './assembler.ts';
import { EIGHT, Eights } from './eight.ts';
import { matrixProduct } from './matrix.ts';
import { sigmoid, tanh } from './vector-math.ts';

const SIZES = { k: 24, n: 40, rows: 13 };
const BYTES = 65536;

/** Turns the joining on for modules compiled from now on; false where this host has none or does not pass the check. */
export function joinPairs(): boolean {
  const { variables } = process.config as { variables: Record<string, unknown> };
  // Without the first tier's quick code, which joins nothing, a kernel is fast from its first call on.
  setFlagsFromString('--no-liftoff');
  if (process.arch !== 'x64' || variables.v8_enable_wasm_simd256_revec !== 1) return false;
  setFlagsFromString('--no-experimental-wasm-revectorize');
  const plain = probe(false);
  setFlagsFromString('--experimental-wasm-revectorize');
  const joined = probe(true);
  if (plain.every((word, i) => word === joined[i])) return true;
  setFlagsFromString('--no-experimental-wasm-revectorize');
  return false;
}

/** Bits of a product and of both functions over its values. */
function probe(wide: boolean): Int32Array {
  const { k, n, rows } = SIZES;
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true });
  const module = new ModuleBuilder({ relaxed: hasRelaxedSimd(), wide, sharedMemory: true });
  matrixProduct(module, 'product', { k, n, strideA: k, strideC: n, start: 'sum' });
  module.function('functions', ['i32', 'i32'], applyBoth);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.build()), { env: { memory } });
  const kernels = exports as Record<'product' | 'functions', (...values: number[]) => void>;
  const floats = new Float32Array(memory.buffer);
  // A sequence without pattern: multiples of the golden ratio, between -2 and 2.
  floats.forEach((_, i) => (floats[i] = ((i * 0.6180339887) % 1) * 4 - 2));
  kernels.product(0, BYTES / 4, BYTES / 2, rows, 0, 0);
  kernels.functions(BYTES / 2, BYTES / 2 + rows * n * 4);
  return new Int32Array(memory.buffer, BYTES / 2, rows * n);
}

function applyBoth(f: FunctionBuilder, at: Local<'i32'>, end: Local<'i32'>): void {
  const w = new Eights(f);
  f.while(i32.lt(at, end), () => {
    w.store(at, w.sub(sigmoid(w, w.load(at)), tanh(w, w.load(at))));
    f.advance(at, EIGHT);
  });
}
