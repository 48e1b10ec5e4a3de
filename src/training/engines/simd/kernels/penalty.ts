/** Sums of |w| and of w^2, of which regularizers make what weights add to the loss. */
import { bits, f32x4, i32, v128, type ModuleBuilder } from '../assembler.ts';

/** `penalty(weight, bytes, to)`: four sums of |w| at `to`, four of w^2 behind them; `bytes` is a multiple of 16. */
export function declarePenalty(module: ModuleBuilder): void {
  module.function('penalty', ['i32', 'i32', 'i32'], (f, weight, bytes, to) => {
    const [sizes, squares] = [f.local('v128', v128.const(0)), f.local('v128', v128.const(0))];
    const end = f.local('i32', i32.add(weight, bytes));
    f.while(i32.lt(weight, end), () => {
      const w = f.local('v128', v128.load(weight));
      f.set(sizes, f32x4.add(sizes, bits.andNot(w, v128.constI32(0x80000000 | 0))));
      f.set(squares, f32x4.add(squares, f32x4.mul(w, w)));
      f.advance(weight, 16);
    });
    f.storeVector(to, sizes);
    f.storeVector(to, squares, 16);
  });
}
