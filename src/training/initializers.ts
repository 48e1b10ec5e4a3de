/**
 * Initial weights, with the distributions of Keras 3 (keras/src/initializers) from our own numbers: a weight's values are
 * a function of the run's seed and the weight's name, the same on every engine.
 */
import { UnrollError } from '../shared/errors.ts';
import { RandomStream } from './random.ts';

type Fill = (values: Float32Array, shape: readonly number[], random: RandomStream) => void;

const INITIALIZERS: Readonly<Record<string, Fill>> = {
  zeros: () => undefined,
  ones: (values) => void values.fill(1),
  /** An LSTM's bias (4 U): zeros, with ones for the forget gate, the second of four. */
  unit_forget: (values) => void values.fill(1, values.length / 4, values.length / 2),
  /** Keras's old name of `random_uniform`, still the default of Embedding. */
  uniform: uniform(() => 0.05),
  random_uniform: uniform(() => 0.05),
  random_normal: (values, _, random) => values.forEach((_, i) => (values[i] = 0.05 * random.normal())),
  glorot_uniform: uniform((fanIn, fanOut) => Math.sqrt(6 / (fanIn + fanOut))),
  glorot_normal: truncated((fanIn, fanOut) => 2 / (fanIn + fanOut)),
  he_uniform: uniform((fanIn) => Math.sqrt(6 / fanIn)),
  he_normal: truncated((fanIn) => 2 / fanIn),
  lecun_uniform: uniform((fanIn) => Math.sqrt(3 / fanIn)),
  lecun_normal: truncated((fanIn) => 1 / fanIn),
  orthogonal,
};

/**
 * The initial values of a weight.
 * @param weight its name, `lstm/kernel`
 * @throws UnrollError `input-invalid` for an initializer this version does not know
 */
export function initialValues(
  initializer: string,
  shape: readonly number[],
  seed: number,
  weight: string,
): Float32Array {
  const fill = INITIALIZERS[initializer];
  if (!fill) {
    const reason = `${initializer} is not one of ${Object.keys(INITIALIZERS).join(', ')}`;
    throw new UnrollError('input-invalid', { what: `The initializer of ${weight}`, reason });
  }
  const values = new Float32Array(shape.reduce((product, n) => product * n, 1));
  fill(values, shape, new RandomStream(seed, weight));
  return values;
}

/** Uniform within the limit either side of zero. */
function uniform(limit: (fanIn: number, fanOut: number) => number): Fill {
  return (values, shape, random) => {
    const bound = limit(...fans(shape));
    for (let i = 0; i < values.length; i++) values[i] = bound * (2 * random.uniform() - 1);
  };
}

/** Normal, cut at two standard deviations and widened so that the variance is the one asked for. */
function truncated(variance: (fanIn: number, fanOut: number) => number): Fill {
  const CUT_DEVIATION = 0.87962566103423978;
  return (values, shape, random) => {
    const deviation = Math.sqrt(variance(...fans(shape))) / CUT_DEVIATION;
    for (let i = 0; i < values.length; i++) values[i] = deviation * random.truncatedNormal();
  };
}

/** Inputs and outputs one weight connects; for a convolution (…, in, out) each times the receptive field. */
function fans(shape: readonly number[]): [number, number] {
  const field = shape.slice(0, -2).reduce((product, n) => product * n, 1);
  const fanOut = shape.at(-1) ?? 1;
  return [(shape.at(-2) ?? fanOut) * field, fanOut * field];
}

/**
 * Q of the QR decomposition of a normal matrix, with R's diagonal positive, transposed where the weight has more columns
 * than rows (Saxe et al. 2014). Gram and Schmidt's process, run twice, gives that Q directly.
 */
function orthogonal(values: Float32Array, shape: readonly number[], random: RandomStream): void {
  const columns = shape.at(-1)!;
  const rows = values.length / columns;
  const long = Math.max(rows, columns);
  const short = Math.min(rows, columns);
  const basis: Float64Array[] = [];
  for (let i = 0; i < short; i++) {
    const vector = Float64Array.from({ length: long }, () => random.normal());
    for (let pass = 0; pass < 2; pass++) for (const other of basis) subtractProjection(vector, other);
    const norm = Math.sqrt(dot(vector, vector));
    basis.push(vector.map((x) => x / norm));
  }
  basis.forEach((vector, i) =>
    vector.forEach((x, k) => (values[rows < columns ? i * columns + k : k * columns + i] = x)),
  );
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function subtractProjection(vector: Float64Array, unit: Float64Array): void {
  const length = dot(vector, unit);
  for (let i = 0; i < vector.length; i++) vector[i]! -= length * unit[i]!;
}
