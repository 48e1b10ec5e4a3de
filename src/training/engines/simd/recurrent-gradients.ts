/**
 * The gradients of a recurrent layer's input and weights, from those of its blocks' inputs that backward left. In front of an
 * embedding, threads go on with them while the rest of the step is prepared.
 */
import type * as tf from '@tensorflow/tfjs-core';
import type { SimdBackend } from './backend.ts';
import type { GateLayout } from './gate-layout.ts';
import type { Kernels } from './modules.ts';
import { Partials } from './partials.ts';
import type { Task } from './tasks.ts';
import type { RecurrentInput } from './recurrent-input.ts';
import type { RecurrentWeights } from './recurrent-weights.ts';
import type { TokenSlots } from './token-slots.ts';

interface Left {
  backend: SimdBackend;
  kernels: Kernels;
  layout: GateLayout;
  weights: RecurrentWeights;
  input: RecurrentInput;
  /** Address of the plan's rows of dz, a row's blocks behind each other. */
  dz: number;
  /** dR, which backward summed by slice. */
  recurrentParts: Partials;
  /** Book LSTM: addresses of c_(t-1) and of dz_o. */
  carries: { states: number; dz: number } | null;
}

/** dx, dW, dR, db and, for Book LSTM, dV. */
export function weightGradients(left: Left): tf.TensorInfo[] {
  const { backend, kernels, layout, weights, input, recurrentParts } = left;
  const { arena: memory, pool } = backend;
  const { tokens, rows, segments, x, stride } = input;
  const dTable = tokens ? sumByToken(left, tokens) : left.dz;
  const kernelParts = new Partials(backend, segments.length, stride * layout.width);
  const biasParts = new Partials(backend, segments.length, layout.width);
  const dx = memory.allocate(rows * stride * 4);
  const kernelTransposed = weights.pack('kernel', true);
  const carry = carryKernelGradient(left);
  const tasks = segments.flatMap(({ from, count }, i): Task[] => {
    const dz = dTable + from * layout.width * 4;
    const rowsAt = from * stride * 4;
    return [
      [kernels.kernelGradient!, x + rowsAt, dz, kernelParts.address(i), count],
      [kernels.sumColumns!, dz, biasParts.address(i), count],
      [kernels.inputGradient!, dz, kernelTransposed, dx + rowsAt, count, 0, 0],
    ];
  });
  if (carry) tasks.push(...carry.tasks);
  // Sequences of a layer below are read by that layer at once.
  if (tokens) pool.begin(tasks);
  else pool.run(tasks);
  if (tokens) memory.free(dTable);
  memory.free(kernelTransposed);
  return [
    input.gradient(dx),
    weights.gradient('kernel', kernelParts),
    weights.gradient('recurrentKernel', recurrentParts),
    weights.biasGradient(biasParts),
    ...(carry ? [weights.gradient('carryKernel', carry.parts)] : []),
  ];
}

/** dV = sum of c_(t-1)^T dz_o. */
function carryKernelGradient({ backend, kernels, layout, input, carries }: Left) {
  if (!carries) return null;
  const slices = input.plan.slices.filter(({ entries }) => entries > 0);
  const stride = layout.unitStride;
  const parts = new Partials(backend, slices.length, stride * stride);
  const tasks = slices.map(({ firstRow, entries }, i): Task => [
    kernels.carryKernelGradient!,
    carries.states + firstRow * stride * 4,
    carries.dz + firstRow * layout.width * 4,
    parts.address(i),
    entries,
  ]);
  return { parts, tasks };
}

/** dz summed over the places of each token; the caller frees it. */
function sumByToken({ backend, kernels, layout, dz }: Left, tokens: TokenSlots): number {
  const { arena: memory, pool } = backend;
  const sums = memory.allocate(tokens.tokens.length * layout.width * 4);
  pool.run(
    tokens
      .ranges()
      .map(([from, to]): Task => [
        kernels.sumRows!,
        tokens.starts + from * 4,
        tokens.list,
        dz,
        sums + from * layout.width * 4,
        to - from,
      ]),
  );
  return sums;
}
