import { Option, type Command } from 'commander';
import { beginningWords } from '../../../shared/compiled.ts';
import type { Run, StartInput } from '../../../shared/contract/runs.ts';
import {
  ENGINES,
  type EngineName,
  type OptimizerName,
  type Preprocessing,
} from '../../../shared/training.ts';
import { follow } from './follow.ts';
import { modelSource } from './model-source.ts';
import { positive, share, whole, type Runner } from './runner.ts';
import { runText } from './runs.ts';
import type { Session } from './session.ts';

interface TrainOptions {
  model: string;
  data: string;
  numWords: number;
  maxlen: number;
  padding: Preprocessing['padding'];
  truncating: Preprocessing['truncating'];
  epochs: number;
  batchSize: number;
  validationSplit: number;
  optimizer?: OptimizerName;
  learningRate?: number;
  clipnorm?: number;
  seed: number;
  engine: EngineName | 'auto';
  device?: string;
  threads?: number;
  name?: string;
  limit?: number;
  fitToData?: boolean;
  profile?: boolean;
}

function startInput(model: StartInput['model'], options: TrainOptions): StartInput {
  const { numWords, maxlen, padding, truncating, engine, threads, name } = options;
  return {
    model,
    data: options.data,
    preprocessing: { num_words: numWords, maxlen, padding, truncating },
    training: {
      optimizer: optimizerOf(options),
      epochs: options.epochs,
      batch_size: options.batchSize,
      validation_split: options.validationSplit,
      seed: options.seed,
      limit: options.limit ?? null,
    },
    lossFromData: true,
    // What is stated counts more than what a model's file says.
    fitToData: options.fitToData ?? false,
    asCompiled: [options.optimizer, options.learningRate, options.clipnorm].every((one) => one === undefined),
    engine,
    threads: threads ?? null,
    device: options.device ?? null,
    ...(name === undefined ? {} : { name }),
    profile: options.profile ?? false,
  };
}

/**
 * The engine that a device is chosen of, where only the device is named: else it would be passed over without a word. Ends with
 * wrong usage where the engine named has no devices.
 */
function engineOf<E extends string>(
  { engine, device }: { engine?: E | undefined; device?: string | undefined },
  command: Command,
): E | 'webgpu' | undefined {
  if (device === undefined || engine === 'webgpu') return engine;
  if (engine === undefined || engine === 'auto') return 'webgpu';
  command.error(
    `error: option '--device <name>' is of the engine webgpu; ${engine} has no choice of devices.`,
  );
}

/** What is not given is the optimizer's own default. */
function optimizerOf({ optimizer: name = 'rmsprop', learningRate, clipnorm }: TrainOptions) {
  return {
    name,
    ...(learningRate === undefined ? {} : { learning_rate: learningRate }),
    ...(clipnorm === undefined ? {} : { clipnorm }),
  };
}

/** Starts the run, and says on what weights it goes on where its model came with some. */
async function begin({ application, terminal }: Session, input: StartInput): Promise<Run> {
  const run = await application.call('training.start', input);
  if (typeof input.model !== 'string') return run;
  const found = await application.call('models.beginning', { name: input.model, graph: run.graph });
  if (found) terminal.note(beginningWords(found));
  return run;
}

export function registerTrain({ program, run }: Runner): void {
  const ends = ['pre', 'post'];
  program
    .command('train')
    .description('train a model on a data set and keep the run')
    .requiredOption('--model <name-or-file>', 'a built-in model, one of your own, or a model file')
    .requiredOption('--data <name>', 'a data set of the workspace')
    .option('--num-words <n>', 'keep only words with an id below this', whole(1), 10000)
    .option('--maxlen <n>', 'cut and pad sequences to this length', whole(1, 100_000), 500)
    .addOption(new Option('--padding <end>', 'where short sequences are filled').choices(ends).default('pre'))
    .addOption(new Option('--truncating <end>', 'where long sequences are cut').choices(ends).default('pre'))
    .option('--epochs <n>', 'passes over the training data', whole(1, 100_000), 10)
    .option('--batch-size <n>', 'examples an update', whole(1, 65_536), 128)
    .option('--validation-split <share>', 'the last part of the training split', share, 0.2)
    .addOption(
      new Option('--optimizer <name>', "as the model's file says, or rmsprop, where not given").choices([
        'rmsprop',
        'adam',
        'sgd',
      ]),
    )
    .option('--learning-rate <x>', "the optimizer's own default where not given", positive)
    .option('--clipnorm <x>', "clip each weight's gradient to this norm", positive)
    .option('--seed <n>', 'of weights, order and dropout', whole(0, 2 ** 32 - 1), 1)
    .addOption(new Option('--engine <name>', 'what computes').choices(['auto', ...ENGINES]).default('auto'))
    .option(
      '--device <name>',
      'the graphics adapter of webgpu, by part of its name; the first where not given',
    )
    .option('--threads <n>', 'as many as there are cores where not given', whole(1, 256))
    .option('--name <run>', "the model's name, numbered where it is taken, where not given")
    .option('--limit <examples>', 'use only the first so many examples', whole(2))
    .option('--fit-to-data', "give a model of your own the data's steps, ids and classes, as templates get")
    .option('--profile', "tell at the end where an epoch's time went, kernel by kernel")
    .action((options: TrainOptions, command: Command) => {
      const engine = engineOf(options, command) ?? 'auto';
      return run(async (session) => {
        const { terminal } = session;
        const input = startInput(await modelSource(session, options.model), { ...options, engine });
        const ended = await follow(session, () => begin(session, input));
        if (!terminal.json) terminal.result(null, () => runText(ended));
      });
    });
}

export function registerResume({ program, run }: Runner): void {
  program
    .command('resume')
    .description('go on with a run that was stopped or interrupted')
    .argument('<run>', 'its id or name')
    .addOption(new Option('--engine <name>', 'go on with another than its own').choices(ENGINES))
    .option('--device <name>', 'and on this graphics adapter, by part of its name')
    .action((name: string, options: { engine?: EngineName; device?: string }, command: Command) => {
      const engine = engineOf(options, command);
      return run(async (session) => {
        const { application, terminal } = session;
        const { device } = options;
        const begin = () => application.call('training.resume', { run: name, engine, device });
        const ended = await follow(session, begin);
        if (!terminal.json) terminal.result(null, () => runText(ended));
      });
    });
}
