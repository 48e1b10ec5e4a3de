/**
 * Layer normalization of rows, and back. Letters: D columns, of a row's C, which are D rounded up to whole panels; what lies
 * in the columns behind D is ignored, and becomes the shift's zeros.
 *
 * Backward, with the normalised row n and g = dy gamma: dx = (g - mean(g) - n mean(g n)) / deviation, dGamma = sum of dy n,
 * dBeta = sum of dy.
 */
import { bits, f32x4, i32, type FunctionBuilder, type Local, type ModuleBuilder } from '../assembler.ts';
import { EIGHT, Eights, type Eight } from '../eight.ts';

type Pointer = Local<'i32'>;

/**
 * `normalize(x, y, weights, count)` and `normalizeGradient(x, dy, dx, weights, sums, count)` for `count` rows. `weights` holds
 * gamma (C), beta (C), ones for the D columns and zeros behind them (C); dGamma (C) and dBeta (C) are added to `sums`.
 */
export function declareNormalization(module: ModuleBuilder, columns: number, epsilon: number): void {
  const panels = Math.ceil(columns / 8);
  const [beta, real] = [panels * EIGHT, 2 * panels * EIGHT];
  const share = Math.fround(1 / columns);

  /** Emits the row's mean and 1 / deviation, in all lanes. */
  const moments = (row: Row, x: Pointer, weights: Pointer) => {
    const { w } = row;
    const mean = row.mean(share, () => w.mul(w.load(x), w.load(weights, real)), [x, weights]);
    const squares = row.mean(share, () => {
      const apart = w.mul(w.sub(w.load(x), mean), w.load(weights, real));
      return w.mul(apart, apart);
    }, [x, weights]);
    const deviation = w.sqrt(w.add(squares, w.constant(epsilon)));
    return { mean, scale: w.div(w.constant(1), deviation) };
  };

  module.function('normalize', ['i32', 'i32', 'i32', 'i32'], (f, x, y, weights, count) => {
    const row = new Row(f, panels);
    const { w } = row;
    f.while(i32.gt(count, 0), () => {
      const { mean, scale } = moments(row, x, weights);
      row.each([x, y, weights], () => {
        const normal = w.mul(w.sub(w.load(x), mean), scale);
        w.store(y, w.madd(normal, w.load(weights), w.load(weights, beta)));
      });
      for (const pointer of [x, y]) f.advance(pointer, panels * EIGHT);
      f.set(count, i32.sub(count, 1));
    });
  });

  module.function(
    'normalizeGradient',
    ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    (f, x, dy, dx, weights, sums, count) => {
      const row = new Row(f, panels);
      const { w } = row;
      f.while(i32.gt(count, 0), () => {
        const { mean, scale } = moments(row, x, weights);
        const normal = () => w.mul(w.mul(w.sub(w.load(x), mean), scale), w.load(weights, real));
        const scaled = () => w.mul(w.load(dy), w.load(weights));
        const meanOfG = row.mean(share, scaled, [dy, weights]);
        const meanOfGn = row.mean(share, () => w.mul(scaled(), normal()), [x, dy, weights]);
        row.each([x, dy, dx, weights, sums], () => {
          const n = normal();
          const inner = w.sub(w.sub(scaled(), meanOfG), w.mul(n, meanOfGn));
          w.store(dx, w.mul(w.mul(inner, scale), w.load(weights, real)));
          w.store(sums, w.madd(w.load(dy), n, w.load(sums)));
          w.store(sums, w.add(w.load(dy), w.load(sums, beta)), beta);
        });
        for (const pointer of [x, dy, dx]) f.advance(pointer, panels * EIGHT);
        f.set(count, i32.sub(count, 1));
      });
    },
  );
}

/** Emits loops over the panels of one row. */
class Row {
  readonly w: Eights;
  readonly #f: FunctionBuilder;
  readonly #panels: number;
  readonly #left: Pointer;

  constructor(f: FunctionBuilder, panels: number) {
    this.w = new Eights(f);
    this.#f = f;
    this.#panels = panels;
    this.#left = f.local('i32');
  }

  /** Emits `body` for every panel; the pointers go on with them and come back. */
  each(pointers: readonly Pointer[], body: () => void): void {
    this.#f.set(this.#left, this.#panels);
    this.#f.repeat(() => {
      body();
      for (const pointer of pointers) this.#f.advance(pointer, EIGHT);
      this.#f.set(this.#left, i32.sub(this.#left, 1));
      return i32.gt(this.#left, 0);
    });
    for (const pointer of pointers) this.#f.advance(pointer, -this.#panels * EIGHT);
  }

  /** `share` times the sum of all eights that `value` gives, in all lanes. */
  mean(share: number, value: () => Eight, pointers: readonly Pointer[]): Eight {
    const { w } = this;
    const sum = w.locals(w.constant(0));
    this.each(pointers, () => w.add(sum, value()).forEach((total, half) => this.#f.set(sum[half]!, total)));
    const four = this.#f.local('v128', f32x4.add(sum[0], sum[1]));
    this.#f.set(four, f32x4.add(four, bits.lanes(four, 2, 3, 0, 1)));
    this.#f.set(four, f32x4.add(four, bits.lanes(four, 1, 0, 3, 2)));
    return w.mul([four, four], w.constant(share));
  }
}
