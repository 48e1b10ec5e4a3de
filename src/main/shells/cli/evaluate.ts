import { Option } from 'commander';
import type { Runner } from './runner.ts';
import { finishJob } from './session.ts';
import { count, metric, table } from './table.ts';

export function registerEvaluate({ program, run }: Runner): void {
  program
    .command('evaluate')
    .description("loss and accuracy of a run's checkpoint on a split of its data")
    .argument('<run>', 'its id or name')
    .addOption(
      new Option('--split <split>', 'which part of the data').choices(['train', 'test']).default('test'),
    )
    .addOption(
      new Option('--checkpoint <which>', 'the weights of which epoch')
        .choices(['last', 'best'])
        .default('last'),
    )
    .action((name: string, options: { split: 'train' | 'test'; checkpoint: 'last' | 'best' }) =>
      run(async (session) => {
        const { loss, acc, examples } = await finishJob(session, 'runs.evaluate', { run: name, ...options });
        session.terminal.result({ loss, acc, examples }, () =>
          table([
            ['loss', metric(loss)],
            ['acc', metric(acc)],
            ['examples', count(examples)],
            ['checkpoint', options.checkpoint],
          ]),
        );
      }),
    );
}
