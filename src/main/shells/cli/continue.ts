import { Option } from 'commander';
import { follow } from './follow.ts';
import { positive, whole, type Runner } from './runner.ts';
import { runText } from './runs.ts';

interface Options {
  checkpoint: 'last' | 'best';
  epochs?: number;
  learningRate?: number;
  name?: string;
}

/** Training on from a checkpoint, as the run's page has it; `resume` ends what a run itself has begun. */
export function registerContinue({ program, run }: Runner): void {
  program
    .command('continue')
    .description("train on from a run's checkpoint, as a new run that names it as its parent")
    .argument('<run>', 'its id or name')
    .addOption(
      new Option('--checkpoint <which>', 'the weights to go on from')
        .choices(['last', 'best'])
        .default('last'),
    )
    .option(
      '--epochs <n>',
      "epochs on top of the checkpoint's; as many as the run was given where left out",
      whole(1, 100_000),
    )
    .option('--learning-rate <x>', "the checkpoint's own where not given", positive)
    .option('--name <run>', "the run's name with -continued where not given")
    .action((parent: string, { checkpoint, epochs, learningRate, name }: Options) =>
      run(async (session) => {
        const { application, terminal } = session;
        const { id, training } = await application.call('runs.show', { run: parent });
        const begin = () =>
          application.call('training.continue', {
            run: id,
            checkpoint,
            epochs: epochs ?? training.epochs,
            ...(learningRate === undefined ? {} : { learningRate }),
            ...(name === undefined ? {} : { name }),
          });
        const ended = await follow(session, begin);
        if (!terminal.json) terminal.result(null, () => runText(ended));
      }),
    );
}
