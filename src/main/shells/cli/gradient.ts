import { Option } from 'commander';
import { normsBySteps, reaches, reachSentences } from '../../../shared/comparison/reach.ts';
import { MOST_FLOW_EXAMPLES, type Flow } from '../../../shared/contract/analysis.ts';
import type { Split } from '../../../shared/data/dataset.ts';
import { checkpointOption, whole, type Runner } from './runner.ts';
import { finishJob, type Session } from './session.ts';
import { metric, table } from './table.ts';

interface Options {
  examples: number;
  from: number;
  split: Split;
  text?: string;
  checkpoint?: 'last' | 'best';
}

interface Looked {
  name: string;
  flow: Flow;
}

/** The gradients by a recurrent layer's states: how large at the last and the first step, and at each in between. */
function gradientsOf({ name, flow }: Looked) {
  return reaches(flow).map((reach) => {
    const layer = flow.layers.find((one) => one.name === reach.layer)!;
    const { steps, middle } = normsBySteps(flow, layer, reach.state);
    return { run: name, ...reach, examples: flow.examples.length, steps, norms: middle };
  });
}

/** Steps before the last that are told: 1, 2, 5, 10, 20, … and the first. */
function stepsTold(longest: number): number[] {
  const told = [0, longest];
  for (let power = 1; power <= longest; power *= 10)
    told.push(...[1, 2, 5].map((factor) => factor * power).filter((step) => step <= longest));
  return [...new Set(told)].sort((a, b) => a - b);
}

function gradientText(looked: readonly Looked[]): string {
  const gradients = looked.flatMap(gradientsOf);
  if (gradients.length === 0)
    return `There is no recurrent layer in ${looked.length === 1 ? 'this model' : 'these models'}.`;
  const summary = table(
    [
      ['run', 'layer', 'cell', 'gradient', 'norm at the last step', 'at the first', 'first over last'],
      ...gradients.map(({ run, layer, cell, state, last, first, share }) => [
        ...[run, layer, cell, `dLoss/d${state}`],
        ...[last, first, share].map(metric),
      ]),
    ],
    [4, 5, 6],
  );
  const longest = Math.max(0, ...gradients.map(({ steps }) => steps.length - 1));
  const courses = table([
    [
      'norm, steps before the last',
      ...gradients.map(({ run, layer, state }) => `${run} ${layer} dLoss/d${state}`),
    ],
    ...stepsTold(longest).map((before) => [
      String(before),
      ...gradients.map(({ steps, norms }) => metric(norms[steps.length - 1 - before] ?? null)),
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
    const { name, dataset } = await session.application.call('runs.show', { run });
    const what =
      text === undefined ? { examples: await placesIn(session, dataset.id, options), split } : { text };
    looked.push({ name, flow: await finishJob(session, 'analysis.flow', { run, ...what, checkpoint }) });
  }
  if (!session.terminal.json) session.terminal.result(null, () => gradientText(looked));
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
    .addOption(checkpointOption())
    .action((names: string[], options: Options) => run((session) => lookInside(session, names, options)));
}
