/** The largest of every window of steps, and back. Letters: C columns, rounded up to whole panels. */
import {
  bits,
  f32x4,
  i32,
  i32x4,
  v128,
  type FunctionBuilder,
  type Local,
  type ModuleBuilder,
} from '../assembler.ts';
import { EIGHT, Eights } from '../eight.ts';

export interface PoolingShape {
  columns: number;
  size: number;
  strides: number;
}

/**
 * `maxPool(x, y, chosen, from, count, T)`: y of `count` windows, the first of which begins at step `from` of x (negative in
 * padding), and the steps chosen, counted from a window's first (int32). The first of equal values is chosen; a NaN always.
 * `maxPoolGradient(dx, dy, chosen, from, count, T, first)`: dx from step `first` on, dy where a step was chosen, else zero.
 */
export function declarePooling(module: ModuleBuilder, shape: PoolingShape): void {
  const parameters = ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'] as const;
  module.function('maxPool', parameters, (f, x, y, chosen, from, count, T) => {
    const w = new Eights(f);
    eachPart(f, shape, { x, y, chosen, from, count, T }, (step, end, place, to) => {
      const most = w.locals(w.constant(-Infinity));
      const which = [f.local('v128', v128.constI32(0)), f.local('v128', v128.constI32(0))] as const;
      f.repeat(() => {
        w.load(step).forEach((value, half) => {
          const larger = bits.or(f32x4.gt(value, most[half]!), f32x4.ne(value, value));
          const mask = f.local('v128', larger);
          f.set(most[half]!, bits.select(value, most[half]!, mask));
          f.set(which[half]!, bits.select(place, which[half]!, mask));
        });
        f.set(place, i32x4.add(place, v128.constI32(1)));
        f.advance(step, shape.columns * 4);
        return i32.lt(step, end);
      });
      w.store(to.y, most);
      which.forEach((steps, half) => f.storeVector(to.chosen, steps, half * 16));
    });
  });
  module.function('maxPoolGradient', [...parameters, 'i32'], (f, dx, dy, chosen, from, count, T, first) => {
    const w = new Eights(f);
    const bytes = shape.columns * 4;
    f.clear(i32.add(dx, i32.mul(first, bytes)), i32.mul(i32.sub(T, first), bytes));
    eachPart(f, shape, { x: dx, y: dy, chosen, from, count, T }, (step, end, place, to) => {
      const [gradient, which] = [w.load(to.y), w.load(to.chosen)];
      f.repeat(() => {
        const [first, second] = [0, 1].map((half) =>
          bits.and(gradient[half]!, i32x4.eq(which[half]!, place)),
        );
        w.store(step, w.add(w.load(step), [f.local('v128', first!), f.local('v128', second!)]));
        f.set(place, i32x4.add(place, v128.constI32(1)));
        f.advance(step, shape.columns * 4);
        return i32.lt(step, end);
      });
    });
  });
}

type Pointer = Local<'i32'>;

/** Emits `body` for eight columns of one window: its first step, the step behind its last, and a counter of its steps. */
function eachPart(
  f: FunctionBuilder,
  { columns, size, strides }: PoolingShape,
  { x, y, chosen, from, count, T }: Record<'x' | 'y' | 'chosen' | 'from' | 'count' | 'T', Pointer>,
  body: (step: Pointer, end: Pointer, place: Local<'v128'>, to: { y: Pointer; chosen: Pointer }) => void,
): void {
  const bytes = columns * 4;
  const [first, last, step, end] = [f.local('i32'), f.local('i32'), f.local('i32'), f.local('i32')];
  const rowEnd = f.local('i32');
  const place = f.local('v128');
  f.while(i32.gt(count, 0), () => {
    f.set(first, from);
    f.if(i32.lt(first, 0), () => f.set(first, 0));
    f.set(last, i32.add(from, size));
    f.if(i32.gt(last, T), () => f.set(last, T));
    f.set(first, i32.add(x, i32.mul(first, bytes)));
    f.set(last, i32.add(x, i32.mul(last, bytes)));
    f.set(rowEnd, i32.add(y, bytes));
    f.repeat(() => {
      f.set(step, first);
      f.set(end, last);
      f.set(place, v128.constI32(0));
      body(step, end, place, { y, chosen });
      for (const pointer of [first, last, y, chosen]) f.advance(pointer, EIGHT);
      return i32.lt(y, rowEnd);
    });
    f.advance(from, strides);
    f.set(count, i32.sub(count, 1));
  });
}
