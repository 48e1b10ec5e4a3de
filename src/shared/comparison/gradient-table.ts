/** Gradients through time as tables of text: the same in the terminal and in reports. */
import { formatMetric } from '../format.ts';
import {
  formatHalving,
  formatLeft,
  formatStep,
  normsBySteps,
  reaches,
  type Looked,
  type Measure,
  type Reach,
} from './reach.ts';

/** The gradient by one state of a recurrent layer: how far it reaches, and the norm and its share of the last at each step. */
export interface Gradient extends Reach {
  run: string;
  examples: number;
  steps: number[];
  norms: number[];
  shares: (number | null)[];
}

export function gradientsOf({ name, flow }: Pick<Looked, 'name' | 'flow'>): Gradient[] {
  return reaches(flow).map((reach) => {
    const layer = flow.layers.find((one) => one.name === reach.layer)!;
    const { steps, middle: norms } = normsBySteps(flow, layer, reach.state, 'norm');
    const line = normsBySteps(flow, layer, reach.state, 'share');
    const shares = steps.map((step) => line.middle[line.steps.indexOf(step)] ?? null);
    return { run: name, ...reach, examples: flow.examples.length, steps, norms, shares };
  });
}

/** A header and a row a gradient: how far it reaches. */
export function reachTable(gradients: readonly Gradient[]): string[][] {
  return [
    [
      ...['run', 'layer', 'cell', 'gradient', 'norm at the last step'],
      ...['left of it', 'at step', 'examples there', 'steps to halve'],
    ],
    ...gradients.map(({ run, layer, cell, state, last, share, farthest, ...of }) => [
      ...[run, layer, cell, `dLoss/d${state}`, formatMetric(last)],
      ...[
        formatLeft(share),
        formatStep(farthest),
        `${of.reaching} of ${of.examples}`,
        formatHalving(of.halving),
      ],
    ]),
  ];
}

/** A header and a row a step back, in longer and longer strides; a column a gradient. */
export function courseTable(gradients: readonly Gradient[], measure: Measure): string[][] {
  const longest = Math.max(0, ...gradients.map(({ steps }) => -(steps[0] ?? 0)));
  return [
    [
      measure === 'norm' ? 'norm, by step' : 'share of the last norm, by step',
      ...gradients.map(({ run, layer, state }) => `${run} ${layer} dLoss/d${state}`),
    ],
    ...stepsTold(longest).map((before) => [
      formatStep(-before),
      ...gradients.map(({ steps, norms, shares }) => {
        const at = steps.findIndex((step) => step === -before);
        return measure === 'norm' ? formatMetric(norms[at]) : formatLeft(shares[at] ?? null);
      }),
    ]),
  ];
}

/** Steps before the last that are told: 1, 2, 5, 10, 20, … and the first. */
function stepsTold(longest: number): number[] {
  const told = [0, longest];
  for (let power = 1; power <= longest; power *= 10)
    told.push(...[1, 2, 5].map((factor) => factor * power).filter((step) => step <= longest));
  return [...new Set(told)].sort((a, b) => a - b);
}
