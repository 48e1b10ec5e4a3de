/**
 * Matrix products, emitted for constant sizes. The right side is packed in panels of 8 columns, (K, 8) each, so that the
 * inner loop streams; the left side's values are broadcast. A tile keeps 12 sums (8 where fewer rows are left, so that the
 * latency of one does not show) in the 16 vector registers of x86; the loop over k is not unrolled, or V8 spills them.
 */
import {
  i32,
  v128,
  type Expression,
  type FunctionBuilder,
  type Local,
  type ModuleBuilder,
} from './assembler.ts';
import { EIGHT, Eights, type Eight } from './eight.ts';

export const PANEL = 8;

/** Rows and panels of the tiles, largest first. A sum of eight is one register where V8 joins its halves, else two. */
const TILES = {
  wide: [
    { rows: 6, panels: 2 },
    { rows: 4, panels: 2 },
    { rows: 2, panels: 4 },
    { rows: 1, panels: 8 },
  ],
  narrow: [
    { rows: 6, panels: 1 },
    { rows: 4, panels: 1 },
    { rows: 2, panels: 2 },
    { rows: 1, panels: 4 },
  ],
} as const;

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
  module.multiplies(name, ([, , , rows]) => rows! * shape.k * shape.n);
  module.function(name, ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'], (f, a, b, c, rows, start, index) => {
    const [largest, ...smaller] = module.wide ? TILES.wide : TILES.narrow;
    const tile = ({ rows: count, panels }: Tile) => {
      emitRows(f, shape, count, panels, { a, b, c, start, index });
      f.advance(a, count * shape.strideA * 4);
      f.advance(c, count * shape.strideC * 4);
      if (shape.start === 'rows') f.advance(index, count * 4);
      f.set(rows, i32.sub(rows, count));
    };
    f.while(i32.ge(rows, largest.rows), () => tile(largest));
    for (const one of smaller) f.if(i32.ge(rows, one.rows), () => tile(one));
  });
}

type Pointer = Local<'i32'>;
interface Tile {
  rows: number;
  panels: number;
}
interface Sides {
  a: Pointer;
  b: Pointer;
  c: Pointer;
  start: Pointer;
  index: Pointer;
}

/** All columns of some rows: whole tiles, then the panels that are left. */
function emitRows(f: FunctionBuilder, shape: ProductShape, rows: number, most: number, at: Sides): void {
  const { k, n, start } = shape;
  const panels = Math.min(most, n / PANEL);
  const whole = Math.floor(n / PANEL / panels);
  const left = n / PANEL - whole * panels;
  const b = f.local('i32', at.b);
  const c = f.local('i32', at.c);
  const startOf = (row: number): Expression<'i32'> =>
    i32.add(at.start, i32.mul(i32.load(at.index, row * 4), n * 4));
  const starts =
    start === 'rows'
      ? Array.from({ length: rows }, (_, row) => f.local('i32', startOf(row)))
      : [f.local('i32', at.start)];
  const tile = (columns: number) => {
    emitTile(f, shape, { rows, panels: columns }, { a: at.a, b, c, starts });
    f.advance(b, columns * k * EIGHT);
    f.advance(c, columns * EIGHT);
    if (start === 'rows' || start === 'bias') for (const from of starts) f.advance(from, columns * EIGHT);
  };
  const end = f.local('i32', i32.add(at.b, whole * panels * k * EIGHT));
  if (whole === 1) tile(panels);
  else
    f.repeat(() => {
      tile(panels);
      return i32.lt(b, end);
    });
  if (left > 0) tile(left);
}

function emitTile(
  f: FunctionBuilder,
  { k, strideA, strideC, start }: ProductShape,
  { rows, panels }: Tile,
  at: { a: Pointer; b: Pointer; c: Pointer; starts: readonly Pointer[] },
): void {
  const w = new Eights(f);
  const first = (row: number, panel: number): Eight => {
    if (start === 'zero') return w.constant(0);
    if (start === 'sum') return w.load(at.c, row * strideC * 4 + panel * EIGHT);
    return w.load(at.starts[start === 'rows' ? row : 0]!, panel * EIGHT);
  };
  const each = (count: number) => Array.from({ length: count }, (_, i) => i);
  const sums = each(rows).map((row) => each(panels).map((panel) => w.locals(first(row, panel))));
  const a = f.local('i32', at.a);
  const b = f.local('i32', at.b);
  const end = f.local('i32', i32.add(at.b, k * EIGHT));
  f.repeat(() => {
    const right = each(panels).map((panel) => w.load(b, panel * k * EIGHT));
    sums.forEach((ofRow, row) => {
      const left = f.local('v128', v128.loadSplat(a, row * strideA * 4));
      ofRow.forEach((sum, panel) => w.addProduct(sum, left, right[panel]!));
    });
    f.advance(a, 4);
    f.advance(b, EIGHT);
    return i32.lt(b, end);
  });
  sums.forEach((ofRow, row) =>
    ofRow.forEach((sum, panel) => w.store(at.c, sum, row * strideC * 4 + panel * EIGHT)),
  );
}

/**
 * Declares `name(a, b, c, count)`: C (m, n) += A^T B over `count` rows of A (count, m) and B (count, n), whose rows lie
 * `strideA` and `strideB` floats apart. Rows are taken in pieces that stay in the first-level cache. `m` and `n` are
 * multiples of 8.
 */
export function transposedProduct(
  module: ModuleBuilder,
  name: string,
  m: number,
  n: number,
  strideB = n,
  strideA = m,
): void {
  module.multiplies(name, ([, , , count]) => count! * m * n);
  const ROWS = 4;
  const PIECE = 96;
  const panels = Math.min(module.wide ? 2 : 1, n / PANEL);
  const whole = Math.floor(n / PANEL / panels);
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
        const bEnd = f.local('i32', i32.add(b, whole * panels * EIGHT));
        const tile = (columns: number) => {
          const sizes = { rows: ROWS, panels: columns, n, strideA, strideB };
          emitTransposedTile(f, sizes, { a: aAt, b: bAt, c: cAt, count: piece });
          f.advance(bAt, columns * EIGHT);
          f.advance(cAt, columns * EIGHT);
        };
        f.repeat(() => {
          tile(panels);
          return i32.lt(bAt, bEnd);
        });
        if (n / PANEL > whole * panels) tile(n / PANEL - whole * panels);
        f.advance(aAt, ROWS * 4);
        f.advance(cAt, (ROWS - 1) * n * 4);
        return i32.lt(aAt, aEnd);
      });
      f.advance(a, i32.mul(piece, strideA * 4));
      f.advance(b, i32.mul(piece, strideB * 4));
      f.set(count, i32.sub(count, piece));
    });
  });
}

function emitTransposedTile(
  f: FunctionBuilder,
  { rows, panels, n, strideA, strideB }: Tile & { n: number; strideA: number; strideB: number },
  at: { a: Pointer; b: Pointer; c: Pointer; count: Pointer },
): void {
  const w = new Eights(f);
  const each = (count: number) => Array.from({ length: count }, (_, i) => i);
  const a = f.local('i32', at.a);
  const b = f.local('i32', at.b);
  const left = f.local('i32', at.count);
  const sums = each(rows).map((row) =>
    each(panels).map((panel) => w.locals(w.load(at.c, row * n * 4 + panel * EIGHT))),
  );
  f.repeat(() => {
    const right = each(panels).map((panel) => w.load(b, panel * EIGHT));
    sums.forEach((ofRow, row) => {
      const value = f.local('v128', v128.loadSplat(a, row * 4));
      ofRow.forEach((sum, panel) => w.addProduct(sum, value, right[panel]!));
    });
    f.advance(a, strideA * 4);
    f.advance(b, strideB * 4);
    f.set(left, i32.sub(left, 1));
    return i32.gt(left, 0);
  });
  sums.forEach((ofRow, row) =>
    ofRow.forEach((sum, panel) => w.store(at.c, sum, row * n * 4 + panel * EIGHT)),
  );
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
