/** Activation functions in WGSL, and their slopes as functions of their values, by Keras's names. */

interface Function {
  /** Of `x`. */
  value: string;
  /** Of the value `y`. */
  slope: string;
}

const FUNCTIONS: Readonly<Record<string, Function>> = {
  linear: { value: 'x', slope: '1.0' },
  tanh: { value: 'hyperbolic_tangent(x)', slope: '1.0 - y * y' },
  sigmoid: { value: '0.5 * hyperbolic_tangent(0.5 * x) + 0.5', slope: 'y * (1.0 - y)' },
  relu: { value: 'max(x, 0.0)', slope: 'select(0.0, 1.0, y > 0.0)' },
  relu6: { value: 'clamp(x, 0.0, 6.0)', slope: 'select(0.0, 1.0, y > 0.0 && y < 6.0)' },
  leaky_relu: { value: 'select(0.2 * x, x, x > 0.0)', slope: 'select(0.2, 1.0, y > 0.0)' },
  hard_sigmoid: {
    value: 'clamp(x + 3.0, 0.0, 6.0) / 6.0',
    slope: 'select(0.0, 1.0 / 6.0, y > 0.0 && y < 1.0)',
  },
  softsign: { value: 'x / (1.0 + abs(x))', slope: '(1.0 - abs(y)) * (1.0 - abs(y))' },
};

export const hasFunction = (name: string): boolean => name in FUNCTIONS;

/**
 * Drivers' own tanh may be off by hundreds of units in the last place and overflow for large x: a rational function of degree
 * 13 over 6 (that of the Eigen library) is within 4 of them everywhere. What is no number stays none.
 */
const HYPERBOLIC_TANGENT = `
fn hyperbolic_tangent(value: f32) -> f32 {
  let x = clamp(value, -7.90531110763549805, 7.90531110763549805);
  let s = x * x;
  var p = -2.76076847742355e-16;
  p = p * s + 2.00018790482477e-13;
  p = p * s - 8.60467152213735e-11;
  p = p * s + 5.12229709037114e-08;
  p = p * s + 1.48572235717979e-05;
  p = p * s + 6.37261928875436e-04;
  p = p * s + 4.89352455891786e-03;
  var q = 1.19825839466702e-06;
  q = q * s + 1.18534705686654e-04;
  q = q * s + 2.26843463243900e-03;
  q = q * s + 4.89352518554385e-03;
  let y = select(x * p / q, x, abs(x) < 0.0004);
  return select(y, value, value != value);
}`;

/** WGSL functions `NAME(x)` and `NAME_slope(y)` for an activation. */
function activationCode(name: 'act' | 'gate', activation: string): string {
  const { value, slope } = FUNCTIONS[activation]!;
  return `
fn ${name}(x: f32) -> f32 { return ${value}; }
fn ${name}_slope(y: f32) -> f32 { return ${slope}; }`;
}

/** `act` and `gate` with what they need. */
export function activations(activation: string, recurrentActivation: string): string {
  return HYPERBOLIC_TANGENT + activationCode('act', activation) + activationCode('gate', recurrentActivation);
}
