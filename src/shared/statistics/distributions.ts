/**
 * Tail probabilities of the distributions the tests here need. Continued fractions are evaluated by Lentz's method
 * (Thompson and Barnett 1986); relative error below 1e-9 for the sizes met here, a few hundred thousand examples.
 */

/** The 97.5 % quantile of the standard normal distribution: half a 95 % interval, in standard errors. */
export const NORMAL_975 = 1.959963984540054;

const TINY = 1e-300;
const PRECISION = 1e-15;
const MOST_TERMS = 500;

const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** ln Γ(x) for x > 0 (Lanczos's approximation with g = 7 and nine terms). */
function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const shifted = x - 1;
  const sum = LANCZOS.reduce((total, c, i) => (i === 0 ? c : total + c / (shifted + i)), 0);
  const t = shifted + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(t) - t + Math.log(sum);
}

const awayFromZero = (value: number): number => (Math.abs(value) < TINY ? TINY : value);

/** The value of a continued fraction 1 + a1 / (1 + a2 / (1 + …)) by Lentz's method. */
function continuedFraction(term: (index: number) => number): number {
  let value = 1;
  let c = 1;
  let d = 0;
  for (let index = 1; index <= MOST_TERMS; index++) {
    const a = term(index);
    d = 1 / awayFromZero(1 + a * d);
    c = awayFromZero(1 + a / c);
    value *= c * d;
    if (Math.abs(c * d - 1) < PRECISION) break;
  }
  return value;
}

/** The regularised incomplete beta function I_x(a, b). */
function incompleteBeta(a: number, b: number, x: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges fast only below the mean; above it the other tail is taken.
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(b, a, 1 - x);
  const front = Math.exp(
    a * Math.log(x) + b * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b) - Math.log(a),
  );
  const fraction = continuedFraction((index) => {
    const m = Math.floor(index / 2);
    return index % 2 === 0
      ? (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
      : (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
  });
  return front / fraction;
}

/** P(X ≥ x) of the chi-square distribution with one degree of freedom. */
export function chiSquareTail(x: number): number {
  return x <= 0 ? 1 : complementaryError(Math.sqrt(x / 2));
}

/** erfc(x) for x ≥ 0: the power series of erf for small x, the continued fraction of erfc beyond. */
function complementaryError(x: number): number {
  if (x < 2) {
    let term = x;
    let sum = x;
    for (let n = 1; n < MOST_TERMS && Math.abs(term) > PRECISION * Math.abs(sum); n++) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
  }
  let fraction = 0;
  for (let n = 120; n >= 1; n--) fraction = n / 2 / (x + fraction);
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * (x + fraction));
}

/** P(|T| ≥ |t|) of Student's t distribution. */
export function studentTwoSided(t: number, degreesOfFreedom: number): number {
  if (!Number.isFinite(t)) return 0;
  return incompleteBeta(degreesOfFreedom / 2, 0.5, degreesOfFreedom / (degreesOfFreedom + t * t));
}

/** The 97.5 % quantile of Student's t distribution, by halving an interval. */
export function student975(degreesOfFreedom: number): number {
  let low = 0;
  let high = 1000;
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2;
    if (studentTwoSided(middle, degreesOfFreedom) > 0.05) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The two-sided exact test of a fair coin: P of a split at least as uneven as `heads` of `throws`. */
export function fairCoinTwoSided(heads: number, throws: number): number {
  const fewer = Math.min(heads, throws - heads);
  if (2 * fewer === throws) return 1;
  return Math.min(1, 2 * incompleteBeta(throws - fewer, fewer + 1, 0.5));
}
