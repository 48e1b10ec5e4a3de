/**
 * Every recurrent cell as a plain loop in float64, written from the papers' equations and sharing no code with the
 * layers: what tests differentiate by finite differences. Arrays are flat and row-major.
 */
import type { RecurrentAttributes } from '../../../../src/training/ops/recurrent.ts';

export interface LoopInputs {
  x: Float64Array;
  kernel: Float64Array;
  recurrentKernel: Float64Array;
  bias: Float64Array;
  carryKernel: Float64Array;
  /** 1 where the step is real; B T entries, or null. */
  mask: readonly number[] | null;
}
export interface LoopSizes {
  B: number;
  T: number;
  D: number;
}

const functions: Record<string, (x: number) => number> = {
  tanh: Math.tanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  linear: (x) => x,
  softsign: (x) => x / (1 + Math.abs(x)),
};

/** The outputs (B, T, U) in the order computed, whatever `returnSequences` says. */
export function loop(
  inputs: LoopInputs,
  attributes: RecurrentAttributes,
  { B, T, D }: LoopSizes,
): Float64Array {
  const U = attributes.units;
  const outputs = new Float64Array(B * T * U);
  for (let b = 0; b < B; b++) {
    let h: Float64Array = new Float64Array(U);
    let c: Float64Array = new Float64Array(U);
    for (let s = 0; s < T; s++) {
      const t = attributes.goBackwards ? T - 1 - s : s;
      if (!inputs.mask || inputs.mask[b * T + t]) {
        [h, c] = cell(inputs, attributes, inputs.x.subarray((b * T + t) * D, (b * T + t + 1) * D), h, c);
      }
      outputs.set(h, (b * T + s) * U);
    }
  }
  return outputs;
}

/** Column `j` of `row` times a matrix with `width` columns. */
function dot(row: Float64Array, matrix: Float64Array, width: number, j: number): number {
  let sum = 0;
  for (let k = 0; k < row.length; k++) sum += row[k]! * matrix[k * width + j]!;
  return sum;
}

function cell(
  inputs: LoopInputs,
  attributes: RecurrentAttributes,
  x: Float64Array,
  h: Float64Array,
  c: Float64Array,
): [Float64Array, Float64Array] {
  const U = attributes.units;
  const act = functions[attributes.activation]!;
  const gate = functions[attributes.recurrentActivation]!;
  const G = { SimpleRNN: 1, LSTM: 4, GRU: 3, BookLSTM: 4 }[attributes.cell];
  const input = (g: number, u: number) => dot(x, inputs.kernel, G * U, g * U + u) + inputs.bias[g * U + u]!;
  const state = (g: number, u: number, from = h) => dot(from, inputs.recurrentKernel, G * U, g * U + u);
  const z = (g: number, u: number) => input(g, u) + state(g, u);
  const each = (value: (u: number) => number) => Float64Array.from({ length: U }, (_, u) => value(u));

  if (attributes.cell === 'SimpleRNN') return [each((u) => act(z(0, u))), c];
  if (attributes.cell === 'LSTM') {
    const carry = each((u) => gate(z(1, u)) * c[u]! + gate(z(0, u)) * act(z(2, u)));
    return [each((u) => gate(z(3, u)) * act(carry[u]!)), carry];
  }
  if (attributes.cell === 'BookLSTM') {
    const carry = each((u) => gate(z(0, u)) * act(z(2, u)) + c[u]! * gate(z(1, u)));
    const seen = attributes.outputSees === 'old' ? c : carry;
    return [each((u) => act(z(3, u) + dot(seen, inputs.carryKernel, U, u))), carry];
  }
  const recurrentBias = (g: number, u: number) => (attributes.resetAfter ? inputs.bias[(3 + g) * U + u]! : 0);
  const update = each((u) => gate(z(0, u) + recurrentBias(0, u)));
  const reset = each((u) => gate(z(1, u) + recurrentBias(1, u)));
  const kept = each((u) => reset[u]! * h[u]!);
  const candidate = each((u) =>
    act(
      input(2, u) +
        (attributes.resetAfter ? reset[u]! * (state(2, u) + recurrentBias(2, u)) : state(2, u, kept)),
    ),
  );
  return [each((u) => update[u]! * h[u]! + (1 - update[u]!) * candidate[u]!), c];
}
