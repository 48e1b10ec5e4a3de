/** The largest and the mean over time, and back. Letters: C columns, rounded up to whole panels. */
import {
  bits,
  f32x4,
  i32,
  v128,
  type FunctionBuilder,
  type Local,
  type ModuleBuilder,
} from '../assembler.ts';
import { EIGHT, Eights, type Eight } from '../eight.ts';

/**
 * For the T steps of one batch row:
 * `largest(x, y, T)`: y (C) = the largest of each column; NaN where one is.
 * `largestGradient(x, y, dy, dx, T)`: dx = dy where x is the largest, shared equally among equal ones, else 0.
 * `weightedSum(x, weights, y, T)`: y (C) = the sum of every step times its weight (T floats).
 * `weightedSumGradient(dy, weights, dx, T)`.
 */
export function declareGlobalPooling(module: ModuleBuilder, columns: number): void {
  const stride = columns * 4;
  module.function('largest', ['i32', 'i32', 'i32'], (f, x, y, T) =>
    eachPanel(f, columns, [x, y], (w) => {
      const most = w.locals(w.constant(-Infinity));
      eachStep(f, stride, T, [x], ([at]) =>
        w.load(at!).forEach((value, half) => {
          const larger = bits.or(f32x4.gt(value, most[half]!), f32x4.ne(value, value));
          f.set(most[half]!, bits.select(value, most[half]!, larger));
        }),
      );
      w.store(y, most);
    }),
  );
  module.function('largestGradient', ['i32', 'i32', 'i32', 'i32', 'i32'], (f, x, y, dy, dx, T) =>
    eachPanel(f, columns, [x, y, dy, dx], (w) => {
      const most = w.load(y);
      const [zero, one] = [w.constant(0), w.constant(1)];
      const among = (at: Local<'i32'>, value: Eight): Eight =>
        keep(f, (half) => bits.and(value[half]!, f32x4.eq(v128.load(at, half * 16), most[half]!)));
      const equal = w.locals(zero);
      eachStep(f, stride, T, [x], ([at]) => accumulate(f, w, equal, among(at!, one)));
      const share = w.div(w.load(dy), equal);
      eachStep(f, stride, T, [x, dx], ([at, to]) => w.store(to!, among(at!, share)));
    }),
  );
  module.function('weightedSum', ['i32', 'i32', 'i32', 'i32'], (f, x, weights, y, T) =>
    eachPanel(f, columns, [x, y], (w) => {
      const sum = w.locals(w.constant(0));
      const weight = f.local('i32', weights);
      eachStep(f, stride, T, [x], ([at]) => {
        w.addProduct(sum, f.local('v128', v128.loadSplat(weight)), w.load(at!));
        f.advance(weight, 4);
      });
      w.store(y, sum);
    }),
  );
  module.function('weightedSumGradient', ['i32', 'i32', 'i32', 'i32'], (f, dy, weights, dx, T) =>
    eachPanel(f, columns, [dy, dx], (w) => {
      const gradient = w.load(dy);
      const weight = f.local('i32', weights);
      eachStep(f, stride, T, [dx], ([to]) => {
        const factor = f.local('v128', v128.loadSplat(weight));
        w.store(to!, w.mul(gradient, [factor, factor]));
        f.advance(weight, 4);
      });
    }),
  );
}

type Pointer = Local<'i32'>;

function keep(f: FunctionBuilder, make: (half: 0 | 1) => Eight[0]): Eight {
  return [f.local('v128', make(0)), f.local('v128', make(1))];
}

function accumulate(f: FunctionBuilder, w: Eights, sum: ReturnType<Eights['locals']>, value: Eight): void {
  w.add(sum, value).forEach((total, half) => f.set(sum[half]!, total));
}

/** Emits `body` for eight columns; the pointers go on with them. */
function eachPanel(
  f: FunctionBuilder,
  columns: number,
  pointers: Pointer[],
  body: (w: Eights) => void,
): void {
  const w = new Eights(f);
  const left = f.local('i32', columns / 8);
  f.repeat(() => {
    body(w);
    for (const pointer of pointers) f.advance(pointer, EIGHT);
    f.set(left, i32.sub(left, 1));
    return i32.gt(left, 0);
  });
}

/** Emits `body` for each of T steps (at least one), `stride` bytes apart, with copies of the pointers. */
function eachStep(
  f: FunctionBuilder,
  stride: number,
  T: Pointer,
  pointers: Pointer[],
  body: (at: Pointer[]) => void,
): void {
  const at = pointers.map((pointer) => f.local('i32', pointer));
  const left = f.local('i32', T);
  f.repeat(() => {
    body(at);
    for (const pointer of at) f.advance(pointer, stride);
    f.set(left, i32.sub(left, 1));
    return i32.gt(left, 0);
  });
}
