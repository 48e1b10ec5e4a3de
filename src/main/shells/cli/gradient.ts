import { Option } from 'commander';
import { normsBySteps, reaches } from '../../../shared/comparison/reach.ts';
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

/** A recurrent layer's gradient: how large at the last and the first step, and at each in between. */
function layersOf({ name, flow }: Looked) {
  const found = reaches(flow);
  return flow.layers.map((layer, i) => {
    const { steps, middle } = normsBySteps(flow, layer);
    return { run: name, ...found[i]!, examples: flow.examples.length, steps, norms: middle };
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
  const layers = looked.flatMap(layersOf);
  const summary = table(
    [
      ['run', 'layer', 'cell', 'norm at the last step', 'at the first', 'first over last'],
      ...layers.map(({ run, layer, cell, last, first, share }) => [
        ...[run, layer, cell],
        ...[last, first, share].map(metric),
      ]),
    ],
    [3, 4, 5],
  );
  const longest = Math.max(0, ...layers.map(({ steps }) => steps.length - 1));
  const courses = table([
    ['norm of dLoss/dh, steps before the last', ...layers.map(({ run, layer }) => `${run} ${layer}`)],
    ...stepsTold(longest).map((before) => [
      String(before),
      ...layers.map(({ steps, norms }) => metric(norms[steps.length - 1 - before] ?? null)),
    ]),
  ]);
  return `${summary}\n\n${courses}`;
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
  else for (const layer of looked.flatMap(layersOf)) session.terminal.result(layer, () => '');
}

export function registerGradient({ program, run }: Runner): void {
  program
    .command('gradient')
    .description("how far the loss reaches back: the norm of dLoss/dh at each step of runs' recurrent layers")
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
