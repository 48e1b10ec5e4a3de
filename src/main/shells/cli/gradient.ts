import { Option } from 'commander';
import { courseTable, gradientsOf, reachTable } from '../../../shared/comparison/gradient-table.ts';
import { reachSentences, type Looked, type Measure } from '../../../shared/comparison/reach.ts';
import { MOST_FLOW_EXAMPLES } from '../../../shared/contract/analysis.ts';
import type { Split } from '../../../shared/data/dataset.ts';
import { checkpointOption, whole, type Runner } from './runner.ts';
import { finishJob, type Session } from './session.ts';
import { table } from './table.ts';

interface Options {
  examples: number;
  from: number;
  split: Split;
  text?: string;
  norm: boolean;
  checkpoint?: 'last' | 'best';
}

function gradientText(looked: readonly Looked[], measure: Measure): string {
  const gradients = looked.flatMap(gradientsOf);
  if (gradients.length === 0)
    return `There is no recurrent layer in ${looked.length === 1 ? 'this model' : 'these models'}.`;
  const summary = table(reachTable(gradients), [4, 5, 6, 7, 8]);
  const courses = table(courseTable(gradients, measure));
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
