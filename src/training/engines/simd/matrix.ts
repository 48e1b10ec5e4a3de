/**
 * Matrix products, emitted for constant sizes. The right side is packed in panels of 8 columns, (K, 8) each, so that the
 * inner loop streams; the left side's values are broadcast. Six rows by eight columns keep 12 accumulators, two right-side
 * vectors and one broadcast in the 16 vector registers of x86; the loop over k is not unrolled, or V8 spills them.
 */
import {
  i32,
  v128,
  type Expression,
  type FunctionBuilder,
  type Integer,
  type Local,
  type ModuleBuilder,
  type Vector,
} from './assembler.ts';

export const PANEL = 8;
const ROW_TILES = [6, 4, 2, 1];

/** Rounds a number of columns up to whole panels. */
export const padded = (columns: number): number => Math.ceil(columns / PANEL) * PANEL;

/** What the product is added to: nothing, one bias row, chosen rows of a table, or C itself. */
export type Start = 'zero' | 'bias' | 'rows' | 'sum';

export interface ProductShape {
  /** Columns of A = rows of B. */
  k: number;
  /** Columns of B and C, a multiple of 8. */
  n: number;
  /** Distance between rows of A, in floats. */
  strideA: number;
  strideC: number;
  start: Start;
}

/**
 * Declares `name(a, b, c, rows, start, index)`: C = start + A B for `rows` rows. `start` is the bias (n floats), or, for
 * 'rows', a table of rows of n floats of which row i of C takes number `index[i]` (int32).
 */
export function matrixProduct(module: ModuleBuilder, name: string, shape: ProductShape): void {
  module.function(name, ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'], (f, a, b, c, rows, start, index) => {
    const [largest, ...smaller] = ROW_TILES as [number, ...number[]];
    const tile = (count: number) => {
      emitTile(f, shape, count, { a, b, c, start, index });
      f.advance(a, count * shape.strideA * 4);
      f.advance(c, count * shape.strideC * 4);
      if (shape.start === 'rows') f.advance(index, count * 4);
      f.set(rows, i32.sub(rows, count));
    };
    f.while(i32.ge(rows, largest), () => tile(largest));
    for (const count of smaller) f.if(i32.ge(rows, count), () => tile(count));
  });
}

type Pointer = Local<'i32'>;

function emitTile(
  f: FunctionBuilder,
  { k, n, strideA, strideC, start }: ProductShape,
  rows: number,
  at: { a: Pointer; b: Pointer; c: Pointer; start: Pointer; index: Pointer },
): void {
  const each = Array.from({ length: rows }, (_, row) => row);
  const b = f.local('i32', at.b);
  const c = f.local('i32', at.c);
  const startOf = (row: number): Expression<'i32'> =>
    i32.add(at.start, i32.mul(i32.load(at.index, row * 4), n * 4));
  const starts =
    start === 'rows' ? each.map((row) => f.local('i32', startOf(row))) : [f.local('i32', at.start)];
  const first = (row: number, half: number): Vector => {
    if (start === 'zero') return v128.const(0);
    if (start === 'sum') return v128.load(c, row * strideC * 4 + half * 16);
    return v128.load(starts[start === 'rows' ? row : 0]!, half * 16);
  };
  const end = f.local('i32', i32.add(at.b, k * n * 4));
  const sums = each.map(() => [f.local('v128'), f.local('v128')] as const);
  f.repeat(() => {
    sums.forEach((pair, row) => pair.forEach((sum, half) => f.set(sum, first(row, half))));
    const a = f.local('i32', at.a);
    const panelEnd = f.local('i32', i32.add(b, k * PANEL * 4));
    f.repeat(() => {
      const right = [f.local('v128', v128.load(b)), f.local('v128', v128.load(b, 16))] as const;
      sums.forEach((pair, row) => {
        const left = f.local('v128', v128.loadSplat(a, row * strideA * 4));
        pair.forEach((sum, half) => f.set(sum, f.madd(left, right[half]!, sum)));
      });
      f.advance(a, 4);
      f.advance(b, PANEL * 4);
      return i32.lt(b, panelEnd);
    });
    sums.forEach((pair, row) =>
      pair.forEach((sum, half) => f.storeVector(c, sum, row * strideC * 4 + half * 16)),
    );
    f.advance(c, PANEL * 4);
    if (start === 'rows' || start === 'bias') for (const from of starts) f.advance(from, PANEL * 4);
    return i32.lt(b, end);
  });
}

/**
 * Declares `name(a, b, c, count)`: C (m, n) += A^T B over `count` rows of A (count, m) and B (count, n), whose rows lie
 * `strideB` floats apart. Rows are taken in pieces that stay in the first-level cache. `m` and `n` are multiples of 8.
 */
export function transposedProduct(
  module: ModuleBuilder,
  name: string,
  m: number,
  n: number,
  strideB = n,
): void {
  const ROWS = 4;
  const PIECE = 64;
  module.function(name, ['i32', 'i32', 'i32', 'i32'], (f, a, b, c, count) => {
    const piece = f.local('i32');
    f.while(i32.gt(count, 0), () => {
      f.set(piece, count);
      f.if(i32.gt(count, PIECE), () => f.set(piece, i32.const(PIECE)));
      const cAt = f.local('i32', c);
      const aAt = f.local('i32', a);
      const aEnd = f.local('i32', i32.add(a, m * 4));
      f.repeat(() => {
        const bAt = f.local('i32', b);
        const bEnd = f.local('i32', i32.add(b, n * 4));
        f.repeat(() => {
          emitTransposedTile(f, ROWS, { m, n, strideB }, aAt, bAt, cAt, piece);
          f.advance(bAt, PANEL * 4);
          f.advance(cAt, PANEL * 4);
          return i32.lt(bAt, bEnd);
        });
        f.advance(aAt, ROWS * 4);
        f.advance(cAt, (ROWS - 1) * n * 4);
        return i32.lt(aAt, aEnd);
      });
      f.advance(a, i32.mul(piece, m * 4));
      f.advance(b, i32.mul(piece, strideB * 4));
      f.set(count, i32.sub(count, piece));
    });
  });
}

function emitTransposedTile(
  f: FunctionBuilder,
  rows: number,
  { m, n, strideB }: { m: number; n: number; strideB: number },
  aAt: Pointer,
  bAt: Pointer,
  cAt: Pointer,
  count: Integer,
): void {
  const each = Array.from({ length: rows }, (_, row) => row);
  const a = f.local('i32', aAt);
  const b = f.local('i32', bAt);
  const left = f.local('i32', typeof count === 'number' ? i32.const(count) : count);
  const sums = each.map((row) => [0, 16].map((half) => f.local('v128', v128.load(cAt, row * n * 4 + half))));
  f.repeat(() => {
    const right = [f.local('v128', v128.load(b)), f.local('v128', v128.load(b, 16))];
    sums.forEach((pair, row) => {
      const value = f.local('v128', v128.loadSplat(a, row * 4));
      pair.forEach((sum, half) => f.set(sum, f.madd(value, right[half]!, sum)));
    });
    f.advance(a, m * 4);
    f.advance(b, strideB * 4);
    f.set(left, i32.sub(left, 1));
    return i32.gt(left, 0);
  });
  sums.forEach((pair, row) => pair.forEach((sum, half) => f.storeVector(cAt, sum, row * n * 4 + half * 16)));
}

/** Packs B (k, n), row-major with `stride`, into panels at `to`; columns beyond n stay zero. */
export function packPanels(
  to: Float32Array,
  source: Float32Array,
  k: number,
  n: number,
  stride: number,
): void {
  for (let column = 0; column < padded(n); column++) {
    const at = Math.floor(column / PANEL) * k * PANEL + (column % PANEL);
    for (let row = 0; row < k; row++) to[at + row * PANEL] = column < n ? source[row * stride + column]! : 0;
  }
}
