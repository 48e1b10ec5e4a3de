import { Option } from 'commander';
import { trainedOnText } from '../../../shared/training-split.ts';
import { checkpointOption, type Runner } from './runner.ts';
import { finishJob, type Session } from './session.ts';
import { count, metric, table } from './table.ts';

/** Says what the training split holds beside what the run was trained on. */
async function tellCovered({ application, terminal }: Session, name: string): Promise<void> {
  const { dataset, training } = await application.call('runs.show', { run: name });
  const data = (await application.call('data.list', {})).find(({ id }) => id === dataset.id);
  const text = data && trainedOnText(data, training);
  if (text) terminal.note(text);
}

export function registerEvaluate({ program, run }: Runner): void {
  program
    .command('evaluate')
    .description("loss and accuracy of a run's checkpoint on a split of its data")
    .argument('<run>', 'its id or name')
    .addOption(
      new Option('--split <split>', 'which part of the data').choices(['train', 'test']).default('test'),
    )
    .addOption(checkpointOption())
    .action((name: string, options: { split: 'train' | 'test'; checkpoint?: 'last' | 'best' }) =>
      run(async (session) => {
        const evaluated = await finishJob(session, 'runs.evaluate', { run: name, ...options });
        if (options.split === 'train') await tellCovered(session, name);
        const { loss, acc, examples, checkpoint, epoch } = evaluated;
        session.terminal.result({ loss, acc, examples, checkpoint, epoch }, () =>
          table([
            ['loss', metric(loss)],
            ['acc', metric(acc)],
            ['examples', count(examples)],
            ['checkpoint', `${checkpoint}, after epoch ${epoch}`],
          ]),
        );
      }),
    );
}
