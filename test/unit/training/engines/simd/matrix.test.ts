import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { ModuleBuilder, hasRelaxedSimd } from '../../../../../src/training/engines/simd/assembler.ts';
import {
  matrixProduct,
  packPanels,
  padded,
  transposedProduct,
} from '../../../../../src/training/engines/simd/matrix.ts';
import { Memory } from '../../../../../src/training/engines/simd/memory.ts';
import { Pool } from '../../../../../src/training/engines/simd/pool.ts';
import { CONTROL_BYTES } from '../../../../../src/training/engines/simd/tasks.ts';
import { joinPairs } from '../../../../../src/training/engines/simd/wide.ts';

const joinsPairs = joinPairs();
const memory = new Memory(CONTROL_BYTES);
const pool = new Pool(memory, 1);
afterAll(() => pool.stop());

const random = (length: number) => Float32Array.from({ length }, () => Math.random() * 2 - 1);
function put(values: Float32Array): number {
  const address = memory.allocate(values.byteLength);
  memory.floats(address, values.length).set(values);
  return address;
}
function expectClose(got: Float32Array, wanted: Float64Array, terms: number): void {
  got.forEach((value, i) => expect(Math.abs(value - wanted[i]!)).toBeLessThan(1e-6 * (terms + 1)));
}

describe('matrix products', () => {
  it('adds A B to the rows chosen, for any number of rows and any k', () => {
    const size = fc.record({
      rows: fc.integer({ min: 0, max: 40 }),
      k: fc.integer({ min: 1, max: 70 }),
      n: fc.integer({ min: 1, max: 100 }),
    });
    fc.assert(
      fc.property(
        size,
        fc.constantFrom('zero', 'bias', 'rows'),
        fc.boolean(),
        fc.boolean(),
        ({ rows, k, n: columns }, start, relaxed, wide) => {
          const n = padded(columns);
          const [a, b, table] = [random(rows * k), random(k * columns), random(5 * n)];
          const module = new ModuleBuilder({
            relaxed: relaxed && hasRelaxedSimd(),
            wide: wide && joinsPairs,
            sharedMemory: true,
          });
          matrixProduct(module, 'product', { k, n, strideA: k, strideC: n, start });
          const packed = new Float32Array(k * n);
          packPanels(packed, b, k, columns, columns);
          const index = Int32Array.from({ length: rows }, (_, row) => (row * 3) % 5);
          const addresses = [
            put(a),
            put(packed),
            put(new Float32Array(rows * n + 8)),
            put(table),
            memory.allocate(4 * rows),
          ];
          memory.i32.set(index, addresses[4]! / 4);
          pool.call(
            pool.add(module).product!,
            addresses[0]!,
            addresses[1]!,
            addresses[2]!,
            rows,
            addresses[3]!,
            addresses[4]!,
          );
          const wanted = new Float64Array(rows * n);
          for (let row = 0; row < rows; row++) {
            for (let column = 0; column < n; column++) {
              const first = start === 'zero' ? 0 : table[(start === 'rows' ? index[row]! : 0) * n + column]!;
              wanted[row * n + column] = first;
              if (column < columns)
                for (let i = 0; i < k; i++)
                  wanted[row * n + column]! += a[row * k + i]! * b[i * columns + column]!;
            }
          }
          expectClose(memory.floats(addresses[2]!, rows * n), wanted, k);
          addresses.forEach((address) => memory.free(address));
        },
      ),
      { numRuns: 120 },
    );
  });

  it('accumulates A^T B over many rows', () => {
    for (const wide of [joinsPairs, false])
      for (const [m, n, count] of [
        [8, 8, 1],
        [32, 128, 64],
        [16, 24, 65],
        [40, 8, 300],
      ] as const) {
        const [a, b, c] = [random(count * m), random(count * n), random(m * n)];
        const module = new ModuleBuilder({ relaxed: hasRelaxedSimd(), wide, sharedMemory: true });
        transposedProduct(module, 'product', m, n);
        const addresses = [put(a), put(b), put(c)];
        pool.call(pool.add(module).product!, ...(addresses as [number, number, number]), count);
        const wanted = Float64Array.from(c);
        for (let row = 0; row < count; row++) {
          for (let i = 0; i < m; i++)
            for (let j = 0; j < n; j++) wanted[i * n + j]! += a[row * m + i]! * b[row * n + j]!;
        }
        expectClose(memory.floats(addresses[2]!, m * n), wanted, count);
        addresses.forEach((address) => memory.free(address));
      }
  });
});
