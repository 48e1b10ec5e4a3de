/** Activations that kernels apply to what they have just computed, with their slopes in terms of the value they gave. */
import { bits, f32x4, i32, type ModuleBuilder } from '../assembler.ts';
import { EIGHT, Eights, type Eight } from '../eight.ts';
import { sigmoid, sigmoidSlope, tanh, tanhSlope } from '../vector-math.ts';

interface FusedActivation {
  apply(w: Eights, x: Eight): Eight;
  /** dLoss/dx from dLoss/dy, where the value was y. */
  backward(w: Eights, dy: Eight, y: Eight): Eight;
}

export const ACTIVATIONS = {
  linear: { apply: (_, x) => x, backward: (_, dy) => dy },
  relu: {
    // The constant comes first, so that a NaN is handed on.
    apply: (w, x) => w.max(w.constant(0), x),
    backward: (w, dy, y) => {
      const zero = w.constant(0);
      return [bits.and(dy[0], f32x4.gt(y[0], zero[0])), bits.and(dy[1], f32x4.gt(y[1], zero[1]))];
    },
  },
  tanh: { apply: tanh, backward: (w, dy, y) => w.mul(dy, tanhSlope(w, y)) },
  sigmoid: { apply: sigmoid, backward: (w, dy, y) => w.mul(dy, sigmoidSlope(w, y)) },
} satisfies Record<string, FusedActivation>;
export type FusedName = keyof typeof ACTIVATIONS;

/** `activate(at, end)`: in place. */
export function declareActivation(module: ModuleBuilder, name: FusedName): void {
  module.function('activate', ['i32', 'i32'], (f, at, end) => {
    const w = new Eights(f);
    f.while(i32.lt(at, end), () => {
      w.store(at, ACTIVATIONS[name].apply(w, w.load(at)));
      f.advance(at, EIGHT);
    });
  });
}

/**
 * `slopeRows(dy, y, dz, count, dBias)`: dz = dy times the activation's slope at y, for `count` rows of `columns` floats, those
 * of dz `stride` apart; the sum of its rows is added to dBias.
 */
export function declareSlopes(module: ModuleBuilder, columns: number, name: FusedName, stride: number): void {
  module.function('slopeRows', ['i32', 'i32', 'i32', 'i32', 'i32'], (f, dy, y, dz, count, dBias) => {
    const w = new Eights(f);
    const [from, value, to] = [f.local('i32'), f.local('i32'), f.local('i32')];
    const left = f.local('i32');
    const end = f.local('i32', i32.add(dy, columns * 4));
    f.while(i32.lt(dy, end), () => {
      const sum = w.locals(w.load(dBias));
      for (const [pointer, start] of [
        [from, dy],
        [value, y],
        [to, dz],
        [left, count],
      ] as const)
        f.set(pointer, start);
      f.while(i32.gt(left, 0), () => {
        const slope = w.locals(ACTIVATIONS[name].backward(w, w.load(from), w.load(value)));
        w.store(to, slope);
        w.add(sum, slope).forEach((half, i) => f.set(sum[i]!, half));
        for (const pointer of [from, value]) f.advance(pointer, columns * 4);
        f.advance(to, stride * 4);
        f.set(left, i32.sub(left, 1));
      });
      w.store(dBias, sum);
      for (const pointer of [dy, y, dz, dBias]) f.advance(pointer, EIGHT);
    });
  });
}
