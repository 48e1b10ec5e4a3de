/** Products over the long side of a matrix, beside sums in float64, and what a device takes of one. In software in CI. */
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Engine } from '../../../../../src/training/engines/engine.ts';
import { chooseEngine } from '../../../../../src/training/engines/index.ts';
import type { GpuBackend } from '../../../../../src/training/engines/webgpu/backend.ts';
import { multiply, sumColumns } from '../../../../../src/training/engines/webgpu/products.ts';
import { ENGINES_HERE } from '../../../../conformance/engines.ts';
import { randomNumbers, randomValues } from '../../../../conformance/recurrent_problems.ts';

const random = randomNumbers(7);
const values = (length: number): Float32Array => randomValues(length, 1, random);

/** The largest difference from sums in float64. `at` gives the places of A's and B's k-th number in the sum of (m, n). */
function furthest(
  [M, N, K]: readonly [number, number, number],
  found: ArrayLike<number>,
  term: (m: number, n: number, k: number) => number,
): number {
  let most = 0;
  for (let m = 0; m < M; m++)
    for (let n = 0; n < N; n++) {
      let sum = 0;
      for (let k = 0; k < K; k++) sum += term(m, n, k);
      most = Math.max(most, Math.abs(sum - found[m * N + n]!));
    }
  return most;
}

describe.runIf(ENGINES_HERE.includes('webgpu'))('products on webgpu', () => {
  let engine: Engine;
  let backend: GpuBackend;
  beforeAll(async () => {
    engine = await chooseEngine('webgpu');
    await engine.start({ threads: 1 });
    backend = tf.backend() as unknown as GpuBackend;
  });
  afterAll(() => engine.stop());

  const onDevice = (data: Float32Array) => backend.makeTensorInfo([data.length], 'float32', data);
  const read = async (tensor: tf.TensorInfo) => (await backend.read(tensor.dataId)) as Float32Array;

  it.each([
    ['one slice', [70, 9, 1024], false],
    ['slices added up', [70, 9, 3000], false],
    ['stretches within a workgroup, with a bias', [5, 70, 3000], true],
  ] as const)('%s', async (_, size, withBias) => {
    const [M, N, K] = size;
    const [a, b, bias] = [values(K * M), values(K * N), values(N)];
    const c = backend.empty(M, N);
    const first = { tensor: onDevice(a), stride: M, transposed: true };
    const second = { tensor: onDevice(b), stride: N };
    multiply(backend, size, first, second, { tensor: c, stride: N }, withBias ? onDevice(bias) : null);
    const term = (m: number, n: number, k: number) =>
      a[k * M + m]! * b[k * N + n]! + (withBias ? bias[n]! / K : 0);
    expect(furthest(size, await read(c), term)).toBeLessThan(1e-6 * K);
  });

  it('sums of columns', async () => {
    const [K, N] = [2500, 70];
    const a = values(K * N);
    const sums = backend.empty(N);
    sumColumns(backend, [K, N], { tensor: onDevice(a), stride: N }, { tensor: sums, stride: N });
    expect(furthest([1, N, K], await read(sums), (_, n, k) => a[k * N + n]!)).toBeLessThan(1e-6 * K);
  });

  it('names its own shader where the device takes fewer workgroups in a row', () => {
    vi.spyOn(backend.device.limits, 'maxComputeWorkgroupsPerDimension', 'get').mockReturnValue(3);
    const side = { tensor: onDevice(values(4 * 200)), stride: 200 };
    const to = { tensor: backend.empty(200, 200), stride: 200 };
    const asked = () => multiply(backend, [200, 200, 4], { ...side, transposed: true }, side, to);
    expect(asked).toThrow(
      /too large for product, first transposed on .*4 workgroups in a row, of which it takes 3/,
    );
    vi.restoreAllMocks();
  });
});
