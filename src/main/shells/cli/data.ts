import { Argument, Option, type Command } from 'commander';
import {
  DATA_FORMATS,
  GENERATED_TASKS,
  type DatasetProfile,
  type GenerateInput,
  type ImportInput,
} from '../../../shared/contract/data.ts';
import { doubtsAbout, type Dataset } from '../../../shared/data/dataset.ts';
import { whole, type Runner } from './runner.ts';
import { finishJob } from './session.ts';
import { count, table } from './table.ts';

export function registerData(runner: Runner): void {
  const data = runner.program
    .command('data')
    .description('import, generate, look at, rename, remove and restore data sets');
  registerImport(data, runner);
  registerGenerate(data, runner);
  registerList(data, runner);
  registerShow(data, runner);
  registerRename(data, runner);
  registerRemove(data, runner);
  registerRestore(data, runner);
}

function describe({ name, trainExamples, testExamples, task, vocabularySize }: Dataset): string {
  const words = vocabularySize > 0 ? `, ${count(vocabularySize)} words` : '';
  return `${name}: ${count(trainExamples)} + ${count(testExamples)} examples, ${task}${words}`;
}

function registerImport(data: Command, { run }: Runner): void {
  data
    .command('import')
    .description('import a file or a folder')
    .argument(
      '<path>',
      'imdb.npz, aclImdb_v1.tar.gz or its folder, a CSV, TSV or JSONL file, series as a table, JSONL or .npz',
    )
    .option('--name <name>', "the file's own name where not given")
    .addOption(
      new Option('--format <format>', 'how it is read').choices(['auto', ...DATA_FORMATS]).default('auto'),
    )
    .option('--word-index <file>', "Keras's imdb_word_index.json")
    .option('--text-column <column>', 'found by name or content where not given')
    .option('--label-column <column>', 'found by name or content where not given')
    .action((path: string, options: Omit<ImportInput, 'path'>) =>
      run(async (session) => {
        const dataset = await finishJob(session, 'data.import', { path, ...options });
        session.terminal.result(dataset, () => describe(dataset));
        for (const doubt of doubtsAbout(dataset)) session.terminal.note(doubt);
      }),
    );
}

function registerGenerate(data: Command, { run }: Runner): void {
  data
    .command('generate')
    .description('generate a task that needs a long memory, or English sentences with a sentiment')
    .addArgument(new Argument('<task>').choices(GENERATED_TASKS))
    .option('--name <name>', "the task's name where not given")
    .option('--examples <n>', 'of both splits together (default: 5000)', whole(10, 1_000_000))
    .option('--length <n>', 'steps of a sequence (default: 60)', whole(4, 10_000))
    .option('--seed <n>', 'the same seed gives the same data (default: 1)', whole(0))
    .action((task: GenerateInput['task'], options: Partial<GenerateInput>) =>
      run(async (session) => {
        const dataset = await finishJob(session, 'data.generate', { task, ...options });
        session.terminal.result(dataset, () => describe(dataset));
      }),
    );
}

function registerList(data: Command, { run }: Runner): void {
  data
    .command('list')
    .description('all data sets, newest first')
    .action(() =>
      run(async ({ application, terminal }) => {
        const datasets = await application.call('data.list', {});
        if (terminal.json) return datasets.forEach((dataset) => terminal.result(dataset, () => ''));
        if (datasets.length === 0)
          return terminal.note('There is no data yet. Import a file or generate a task.');
        const rows = datasets.map(({ name, task, trainExamples, testExamples, vocabularySize, longest }) => [
          name,
          task,
          count(trainExamples),
          count(testExamples),
          count(vocabularySize),
          count(longest),
        ]);
        const head = ['name', 'task', 'train', 'test', 'words', 'longest'];
        terminal.result(null, () => table([head, ...rows], [2, 3, 4, 5]));
      }),
    );
}

function profileText({
  dataset,
  classCounts,
  lengthQuantiles,
  meanLength,
  coverage,
}: DatasetProfile): string {
  const classes = dataset.classes.map((name, i) => [
    `class ${name}`,
    `${count(classCounts.train[i] ?? 0)} train, ${count(classCounts.test[i] ?? 0)} test`,
  ]);
  const quantile = (percent: number) => count(lengthQuantiles[percent] ?? 0);
  const covered = coverage.map(({ words, share }) => `${count(words)} words ${(share * 100).toFixed(1)} %`);
  return table([
    ['name', dataset.name],
    ['examples', `${count(dataset.trainExamples)} train, ${count(dataset.testExamples)} test`],
    ...classes,
    [
      'length',
      `mean ${meanLength.toFixed(1)}, half up to ${quantile(50)}, 90 % up to ${quantile(90)}, longest ${quantile(100)}`,
    ],
    ...(covered.length > 0 ? [['coverage', covered.join(', ')]] : []),
    ['hash', dataset.hash],
    ['source', JSON.stringify(dataset.source)],
  ]);
}

function registerShow(data: Command, { run }: Runner): void {
  data
    .command('show')
    .description('classes, lengths, vocabulary, hash and source')
    .argument('<name>')
    .action((name: string) =>
      run(async ({ application, terminal }) => {
        const profile = await application.call('data.show', { name });
        terminal.result(profile, () => profileText(profile));
      }),
    );
}

function registerRename(data: Command, { run }: Runner): void {
  data
    .command('rename')
    .description('give a data set another name')
    .argument('<name>')
    .argument('<new-name>', 'which no other data set has')
    .action((name: string, to: string) =>
      run(async ({ application, terminal }) => {
        const renamed = await application.call('data.rename', { name, to });
        terminal.result(renamed, () => `It is ${renamed.name} now.`);
      }),
    );
}

function registerRemove(data: Command, { run }: Runner): void {
  data
    .command('remove')
    .description('out of the list; runs keep what they were trained on')
    .argument('<name>')
    .action((name: string) =>
      run(async ({ application, terminal }) => {
        const found = (await application.call('data.list', {})).find((dataset) => dataset.name === name);
        await application.call('data.remove', { name });
        terminal.result({ removed: name, id: found?.id }, () => `Removed ${name}.`);
        terminal.note(`For a day it can be brought back with: unroll data restore ${found?.id}`);
      }),
    );
}

function registerRestore(data: Command, { run }: Runner): void {
  data
    .command('restore')
    .description('undo a removal of the last day')
    .argument('<id>', 'as `data remove` gave it')
    .action((id: string) =>
      run(async ({ application, terminal }) => {
        await application.call('data.restore', { id });
        const restored = (await application.call('data.list', {})).find((dataset) => dataset.id === id)!;
        terminal.result(restored, () => `Restored ${restored.name}.`);
      }),
    );
}
