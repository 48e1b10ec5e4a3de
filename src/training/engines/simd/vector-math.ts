/** Sigmoid and hyperbolic tangent on eight float32 at a time, emitted in line. */
import type { Eight, Eights } from './eight.ts';

/**
 * tanh(x) = x P(x^2) / Q(x^2) for |x| <= 9, where it rounds to 1. Least squares of the relative error on Chebyshev points,
 * weighted anew until the largest errors are equal (Lawson's iteration): 2.1e-8 in exact arithmetic, 2.7e-7 in float32.
 */
const NUMERATOR = [
  0.9999999790354132, 0.13379717056071996, 0.003494033506155636, 2.0583464317175345e-5, 1.3319049509928193e-8,
];
const DENOMINATOR = [
  1, 0.46713032301231866, 0.02587106918838335, 0.0003283091129697937, 7.762010031471707e-7,
];
const LIMIT = 9;

/** The constant comes first: x86's minimum and maximum then hand a NaN on, so that divergence is seen and not clamped away. */
function clamp(w: Eights, x: Eight, limit: number): Eight {
  return w.min(w.constant(limit), w.max(w.constant(-limit), x));
}

/** c0 + c1 y + c2 y^2 + … by Horner's rule. */
function polynomial(w: Eights, coefficients: readonly number[], y: Eight): Eight {
  return coefficients
    .slice(0, -1)
    .reduceRight((sum, c) => w.madd(sum, y, w.constant(c)), w.constant(coefficients.at(-1)!));
}

/** scale tanh(scale x) as a fraction; the coefficients take both scales up. */
function ratio(w: Eights, x: Eight, scale: number): { numerator: Eight; denominator: Eight } {
  const bounded = clamp(w, x, LIMIT / scale);
  const y = w.mul(bounded, bounded);
  const scaled = (coefficients: readonly number[], by: number) =>
    coefficients.map((c, power) => by * c * scale ** (2 * power));
  const numerator = w.mul(polynomial(w, scaled(NUMERATOR, scale * scale), y), bounded);
  return { numerator, denominator: polynomial(w, scaled(DENOMINATOR, 1), y) };
}

/** tanh(x); relative error <= 3e-7. */
export function tanh(w: Eights, x: Eight): Eight {
  const { numerator, denominator } = ratio(w, x, 1);
  return w.div(numerator, denominator);
}

/** 1 / (1 + exp(-x)) = 1/2 + tanh(x / 2) / 2; error <= 2e-7, 0 or 1 from |x| = 18 on. */
export function sigmoid(w: Eights, x: Eight): Eight {
  const { numerator, denominator } = ratio(w, x, 0.5);
  // Rounding must not lead out of [0, 1].
  return w.add(w.constant(0.5), clamp(w, w.div(numerator, denominator), 0.5));
}

/** s (1 - s): the slope of the sigmoid where its value is s. */
export function sigmoidSlope(w: Eights, s: Eight): Eight {
  return w.nmadd(s, s, s);
}

/** 1 - y^2: the slope of tanh where its value is y. */
export function tanhSlope(w: Eights, y: Eight): Eight {
  return w.nmadd(y, y, w.constant(1));
}
