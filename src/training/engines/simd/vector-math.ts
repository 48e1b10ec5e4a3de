/** Exponential, sigmoid and hyperbolic tangent on four float32 at a time, emitted in line. */
import { f32x4, i32x4, v128, type FunctionBuilder, type Vector } from './assembler.ts';

/** Adding this to a float32 of small size rounds it to a whole number, which then stands in the low bits. */
const ROUNDING = 1.5 * 2 ** 23;
const LN2_HIGH = 0.693359375;
const LN2_LOW = -2.12194440054690583e-4;

/** The constant comes first: x86's minimum and maximum then hand a NaN on, so that divergence is seen and not clamped away. */
function clamp(f: FunctionBuilder, x: Vector, limit: number): Vector {
  return f.min(v128.const(limit), f.max(v128.const(-limit), x));
}

/** exp(x) = 2^n (1 + q): q = exp(r) - 1 for the remainder r = x - n ln 2, |r| <= ln 2 / 2, by its Taylor series to r^7. */
function reduced(f: FunctionBuilder, x: Vector): { power: Vector; q: Vector } {
  const shifted = f.local('v128', f.madd(x, v128.const(Math.LOG2E), v128.const(ROUNDING)));
  const n = f.local('v128', f32x4.sub(shifted, v128.const(ROUNDING)));
  const r = f.local('v128', f.nmadd(n, v128.const(LN2_HIGH), x));
  f.set(r, f.nmadd(n, v128.const(LN2_LOW), r));
  const series = f.local('v128', v128.const(1 / 5040));
  for (const coefficient of [1 / 720, 1 / 120, 1 / 24, 1 / 6, 1 / 2, 1]) {
    f.set(series, f.madd(series, r, v128.const(coefficient)));
  }
  // The low bits of `shifted` hold n; moved to the exponent's place and biased by 127 they are 2^n.
  const power = f.local('v128', i32x4.add(i32x4.shl(shifted, 23), v128.constI32(127 << 23)));
  return { power, q: f.local('v128', f32x4.mul(series, r)) };
}

/** 1 / (1 + exp(-x)); relative error <= 3e-7 for |x| <= 87, saturating beyond. */
export function sigmoid(f: FunctionBuilder, x: Vector): Vector {
  const negated = f.local('v128', f32x4.sub(v128.const(0), x));
  f.set(negated, clamp(f, negated, 87));
  const { power, q } = reduced(f, negated);
  const exponential = f.madd(power, q, power);
  return f.local('v128', f32x4.div(v128.const(1), f32x4.add(v128.const(1), exponential)));
}

/** tanh(x) = (e - 1) / (e + 1) with e - 1 formed without cancellation; relative error <= 4e-7, also near 0. */
export function tanh(f: FunctionBuilder, x: Vector): Vector {
  const twice = f.local('v128', f32x4.add(x, x));
  f.set(twice, clamp(f, twice, 20));
  const { power, q } = reduced(f, twice);
  const lessOne = f.local('v128', f.madd(power, q, f32x4.sub(power, v128.const(1))));
  return f.local('v128', f32x4.div(lessOne, f32x4.add(lessOne, v128.const(2))));
}

/** s (1 - s): the slope of the sigmoid where its value is s. */
export function sigmoidSlope(f: FunctionBuilder, s: Vector): Vector {
  return f.nmadd(s, s, s);
}

/** 1 - y^2: the slope of tanh where its value is y. */
export function tanhSlope(f: FunctionBuilder, y: Vector): Vector {
  return f.nmadd(y, y, v128.const(1));
}
