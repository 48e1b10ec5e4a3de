import { Option } from 'commander';
import {
  formatHalving,
  formatLeft,
  formatStep,
  normsBySteps,
  reaches,
  reachSentences,
  type Looked,
  type Measure,
} from '../../../shared/comparison/reach.ts';
import { MOST_FLOW_EXAMPLES } from '../../../shared/contract/analysis.ts';
import type { Split } from '../../../shared/data/dataset.ts';
import { checkpointOption, whole, type Runner } from './runner.ts';
import { finishJob, type Session } from './session.ts';
import { metric, table } from './table.ts';

interface Options {
  examples: number;
  from: number;
  split: Split;
  text?: string;
  norm: boolean;
  checkpoint?: 'last' | 'best';
}

/** The gradients by a recurrent layer's states: how far they reach, and the norm and its share of the last at each step. */
function gradientsOf({ name, flow }: Looked) {
  return reaches(flow).map((reach) => {
    const layer = flow.layers.find((one) => one.name === reach.layer)!;
    const { steps, middle: norms } = normsBySteps(flow, layer, reach.state, 'norm');
    const line = normsBySteps(flow, layer, reach.state, 'share');
    const shares = steps.map((step) => line.middle[line.steps.indexOf(step)] ?? null);
    return { run: name, ...reach, examples: flow.examples.length, steps, norms, shares };
  });
}

/** Steps before the last that are told: 1, 2, 5, 10, 20, … and the first. */
function stepsTold(longest: number): number[] {
  const told = [0, longest];
  for (let power = 1; power <= longest; power *= 10)
    told.push(...[1, 2, 5].map((factor) => factor * power).filter((step) => step <= longest));
  return [...new Set(told)].sort((a, b) => a - b);
}

function gradientText(looked: readonly Looked[], measure: Measure): string {
  const gradients = looked.flatMap(gradientsOf);
  if (gradients.length === 0)
    return `There is no recurrent layer in ${looked.length === 1 ? 'this model' : 'these models'}.`;
  const summary = table(
    [
      [
        ...['run', 'layer', 'cell', 'gradient', 'norm at the last step'],
        ...['left of it', 'at step', 'examples there', 'steps to halve'],
      ],
      ...gradients.map(({ run, layer, cell, state, last, share, farthest, ...of }) => [
        ...[run, layer, cell, `dLoss/d${state}`, metric(last)],
        ...[
          formatLeft(share),
          formatStep(farthest),
          `${of.reaching} of ${of.examples}`,
          formatHalving(of.halving),
        ],
      ]),
    ],
    [4, 5, 6, 7, 8],
  );
  const longest = Math.max(0, ...gradients.map(({ steps }) => -(steps[0] ?? 0)));
  const courses = table([
    [
      measure === 'norm' ? 'norm, by step' : 'share of the last norm, by step',
      ...gradients.map(({ run, layer, state }) => `${run} ${layer} dLoss/d${state}`),
    ],
    ...stepsTold(longest).map((before) => [
      formatStep(-before),
      ...gradients.map(({ steps, norms, shares }) => {
        const at = steps.findIndex((step) => step === -before);
        return measure === 'norm' ? metric(norms[at] ?? null) : formatLeft(shares[at] ?? null);
      }),
    ]),
  ]);
  return [summary, reachSentences(looked).join('\n'), courses].join('\n\n');
}

/** The examples asked for, as far as the split has them; one that it has not is told as an error by who reads it. */
async function placesIn(
  { application }: Session,
  id: string,
  { examples, from, split }: Options,
): Promise<number[]> {
  const dataset = (await application.call('data.list', {})).find((one) => one.id === id);
  const most = dataset ? dataset[`${split}Examples`] : Infinity;
  return Array.from({ length: Math.max(1, Math.min(examples, most - from)) }, (_, i) => from + i);
}

async function lookInside(session: Session, names: readonly string[], options: Options): Promise<void> {
  const { text, split, checkpoint } = options;
  const looked: Looked[] = [];
  for (const run of names) {
    const shown = await session.application.call('runs.show', { run });
    const what =
      text === undefined ? { examples: await placesIn(session, shown.dataset.id, options), split } : { text };
    const flow = await finishJob(session, 'analysis.flow', { run, ...what, checkpoint });
    looked.push({ name: shown.name, flow, run: shown });
  }
  if (!session.terminal.json)
    session.terminal.result(null, () => gradientText(looked, options.norm ? 'norm' : 'share'));
  else for (const gradient of looked.flatMap(gradientsOf)) session.terminal.result(gradient, () => '');
}

export function registerGradient({ program, run }: Runner): void {
  program
    .command('gradient')
    .description('how far the loss reaches back: the norms of dLoss/dh and, of LSTMs, dLoss/dc at each step')
    .argument('<run...>', 'ids or names')
    .addOption(
      new Option('--examples <n>', 'how many examples; their middle is told')
        .argParser(whole(1, MOST_FLOW_EXAMPLES))
        .default(16),
    )
    .addOption(
      new Option('--from <n>', "the first example's place in the split").argParser(whole(0)).default(0),
    )
    .addOption(
      new Option('--split <split>', 'which part of the data').choices(['train', 'test']).default('test'),
    )
    .option('--text <text>', 'a text in place of examples, towards what the run says of it')
    .option('--norm', 'the norms at each step in place of their shares of the last', false)
    .addOption(checkpointOption())
    .action((names: string[], options: Options) => run((session) => lookInside(session, names, options)));
}
