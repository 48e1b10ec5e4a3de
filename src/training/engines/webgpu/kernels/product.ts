/**
 * Products of matrices whose long side may be the one that is summed over (all rows of all steps): it is cut into slices, each
 * summed by a workgroup of its own, and the slices are added in order. No float atomics: the same bits every time.
 *
 * C (M, N) = A (M, K) B (K, N), each a part of a wider matrix: rows `stride` apart, from `offset` on.
 */
import type { Shader } from '../backend.ts';
import { each } from './each.ts';

/** Rows and columns of C a workgroup makes. */
export const TILE = 64;
/** The longest sum that is made in one go: short enough for float32 to stay exact. Those of longer slices are added up. */
export const STRETCH = 1024;
const DEPTH = 16;
const SIZES = `
struct Sizes {
  M: u32, N: u32, K: u32, slice: u32,
  strideA: u32, offsetA: u32, strideB: u32, offsetB: u32,
  strideC: u32, offsetC: u32, slices: u32, unused: u32,
}`;

interface ProductForm {
  transposeA: boolean;
  transposeB: boolean;
  /** Whether a row is added to every row of C. */
  bias: boolean;
  /** Whether slices are longer than a stretch. */
  long: boolean;
}

const times = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n');

const NEXT_STRETCH = `    if ((first - begin) % ${STRETCH}u == 0u) {
${times(4, (i) => `      total${i} += sum${i};\n      sum${i} = vec4<f32>();`)}
    }`;

/** 256 threads, each 4 x 4 of a tile of C; with more than one slice C is (slices, M, N) packed. */
export function product({ transposeA, transposeB, bias, long }: ProductForm): Shader {
  const sum = (i: number): string => (long ? `total${i} + sum${i}` : `sum${i}`);
  const a = transposeA ? 'k * sizes.strideA + m' : 'm * sizes.strideA + k';
  const b = transposeB ? 'n * sizes.strideB + k' : 'k * sizes.strideB + n';
  // Neighbouring threads read neighbouring numbers.
  const placeA = transposeA ? `e % ${TILE}u, e / ${TILE}u` : `e / ${DEPTH}u, e % ${DEPTH}u`;
  const placeB = transposeB ? `e / ${DEPTH}u, e % ${DEPTH}u` : `e % ${TILE}u, e / ${TILE}u`;
  const code = `
${SIZES}
@group(0) @binding(0) var<storage, read> A: array<f32>;
@group(0) @binding(1) var<storage, read> B: array<f32>;
@group(0) @binding(2) var<storage, read_write> C: array<f32>;
${bias ? '@group(0) @binding(3) var<storage, read> bias: array<f32>;' : ''}
@group(0) @binding(${bias ? 4 : 3}) var<uniform> sizes: Sizes;
var<workgroup> tileA: array<f32, ${TILE * DEPTH}>;
var<workgroup> tileB: array<f32, ${TILE * DEPTH}>;

@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) group: vec3<u32>) {
  let firstM = group.y * ${TILE}u;
  let firstN = group.x * ${TILE}u;
  let end = min(sizes.K, (group.z + 1u) * sizes.slice);
  let row = (thread / 16u) * 4u;
  let column = (thread % 16u) * 4u;
${times(4, (i) => `  var sum${i} = vec4<f32>();${long ? `\n  var total${i} = vec4<f32>();` : ''}`)}
  let begin = group.z * sizes.slice;
  for (var first = begin; first < end; first += ${DEPTH}u) {
${long ? NEXT_STRETCH : ''}
    for (var e = thread; e < ${TILE * DEPTH}u; e += 256u) {
      let place = vec2<u32>(${placeA});
      let m = firstM + place.x;
      let k = first + place.y;
      tileA[place.y * ${TILE}u + place.x] = select(0.0, A[sizes.offsetA + ${a}], m < sizes.M && k < end);
    }
    for (var e = thread; e < ${TILE * DEPTH}u; e += 256u) {
      let place = vec2<u32>(${placeB});
      let n = firstN + place.x;
      let k = first + place.y;
      tileB[place.y * ${TILE}u + place.x] = select(0.0, B[sizes.offsetB + ${b}], n < sizes.N && k < end);
    }
    workgroupBarrier();
    for (var k = 0u; k < ${DEPTH}u; k++) {
      let at = k * ${TILE}u + column;
      let b = vec4<f32>(tileB[at], tileB[at + 1u], tileB[at + 2u], tileB[at + 3u]);
${times(4, (i) => `      sum${i} += tileA[k * ${TILE}u + row + ${i}u] * b;`)}
    }
    workgroupBarrier();
  }
  let packed = sizes.slices > 1u;
  let stride = select(sizes.strideC, sizes.N, packed);
  let place = select(sizes.offsetC, group.z * sizes.M * sizes.N, packed);
  for (var i = 0u; i < 4u; i++) {
    let m = firstM + row + i;
    var sums = ${sum(0)};
    if (i == 1u) { sums = ${sum(1)}; }
    if (i == 2u) { sums = ${sum(2)}; }
    if (i == 3u) { sums = ${sum(3)}; }
    for (var j = 0u; j < 4u; j++) {
      let n = firstN + column + j;
      if (m < sizes.M && n < sizes.N) { C[place + m * stride + n] = sums[j]${bias ? ' + bias[n]' : ''}; }
    }
  }
}`;
  return {
    name: `product${transposeA ? ', first transposed' : ''}${transposeB ? ', second transposed' : ''}${long ? ', long' : ''}`,
    code,
  };
}

/** C = the sum of its slices (slices, M, N), in order. */
export const SUM_OF_SLICES = each(
  'sum of slices',
  {
    arrays: ['read> slices: array<f32>', 'read_write> C: array<f32>'],
    sizes: ['N', 'strideC', 'offsetC', 'slices'],
  },
  `  var sum = 0.0;
  for (var s = 0u; s < sizes.slices; s++) { sum += slices[s * sizes.count + at]; }
  C[sizes.offsetC + (at / sizes.N) * sizes.strideC + at % sizes.N] = sum;`,
);

/** Slices of the sums of the columns of A (K, N): `slices` x N. */
export const COLUMN_SUMS: Shader = {
  name: 'column sums',
  code: `
${SIZES}
@group(0) @binding(0) var<storage, read> A: array<f32>;
@group(0) @binding(1) var<storage, read_write> sums: array<f32>;
@group(0) @binding(2) var<uniform> sizes: Sizes;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let n = id.x;
  if (n >= sizes.N) { return; }
  var sum = 0.0;
  let end = min(sizes.K, (id.y + 1u) * sizes.slice);
  for (var k = id.y * sizes.slice; k < end; k++) { sum += A[sizes.offsetA + k * sizes.strideA + n]; }
  sums[id.y * sizes.N + n] = sum;
}`,
};
