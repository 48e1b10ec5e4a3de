/**
 * `npm run bench -- engines`: whether the lecture's models reach the same validation accuracy on every engine of this machine,
 * within the spread over seeds, through the real command line. On IMDB's first reviews, cut short, so that an adapter in
 * software has a chance: `--limit`, `--maxlen`, `--seeds` and `--epochs` say how much.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import softwareGpu from '../test/software-gpu.ts';
import { jsonLines, prepareUnroll, unrollCommand, type Epoch } from './contenders.ts';
import { circumstances, record, table } from './report.ts';

const MODELS = ['lecture-simple-rnn', 'lecture-lstm'] as const;
const text = { type: 'string' } as const;
const { values: given } = parseArgs({
  args: process.argv.slice(3),
  options: {
    ...{ imdb: text, 'word-index': text },
    limit: { ...text, default: '2000' },
    maxlen: { ...text, default: '100' },
    seeds: { ...text, default: '3' },
    epochs: { ...text, default: '3' },
  },
});

function required(value: string | undefined, name: string): string {
  if (value) return resolve(value);
  console.error(`Say where ${name} is.`);
  process.exit(2);
}

const settings = {
  imdb: required(given.imdb ?? process.env.UNROLL_IMDB, 'imdb.npz (--imdb)'),
  wordIndex: required(
    given['word-index'] ?? process.env.UNROLL_IMDB_WORD_INDEX,
    'imdb_word_index.json (--word-index)',
  ),
  folder: await mkdtemp(join(tmpdir(), 'unroll-bench-')),
  ...{ epochs: Number(given.epochs), seed: 1, limit: Number(given.limit), threads: null },
};

const unroll = (...parameters: string[]) =>
  jsonLines(process.execPath, unrollCommand(settings, ...parameters));

/** Validation accuracy and loss after the last epoch, and how long it all took. */
async function train(model: string, engine: string, seed: number): Promise<Epoch & { all: number }> {
  const sizes = ['--limit', given.limit, '--maxlen', given.maxlen, '--epochs', given.epochs];
  const how = ['--engine', engine, '--seed', String(seed), '--optimizer', 'adam'];
  const told = await unroll('train', '--model', model, '--data', 'imdb', ...sizes, ...how);
  const epochs = told.filter(({ event }) => event === 'epoch') as unknown as Epoch[];
  return { ...epochs.at(-1)!, all: epochs.reduce((sum, { seconds }) => sum + seconds, 0) };
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

try {
  await softwareGpu();
  await prepareUnroll(settings);
  const engines = (await unroll('engines')).filter(
    ({ name, available }) => available && name !== 'reference',
  );
  const seeds = Array.from({ length: Number(given.seeds) }, (_, i) => i + 1);
  const rows: string[][] = [];
  const measured: object[] = [];
  for (const model of MODELS) {
    let expected: number[] = [];
    for (const { name, detail } of engines) {
      const runs: Awaited<ReturnType<typeof train>>[] = [];
      for (const seed of seeds) runs.push(await train(model, String(name), seed));
      const accuracies = runs.map(({ val_acc }) => val_acc);
      if (name === 'simd') expected = accuracies;
      const spread = Math.max(...expected) - Math.min(...expected);
      const apart = Math.abs(mean(accuracies) - mean(expected));
      const seconds = mean(runs.map(({ all }) => all));
      rows.push([
        ...[model, String(name), percent(mean(accuracies)), accuracies.map(percent).join(', ')],
        ...[percent(apart), percent(spread), apart <= spread ? 'yes' : 'NO', `${seconds.toFixed(1)} s`],
      ]);
      measured.push({
        model,
        engine: name,
        detail,
        accuracies,
        losses: runs.map(({ val_loss }) => val_loss),
      });
      console.error(rows.at(-1)!.join(' · '));
    }
  }
  const head = [
    'model',
    'engine',
    'validation accuracy',
    'by seed',
    'from simd',
    'spread of simd',
    'within',
    'a run',
  ];
  const { lines, values } = circumstances('npm run bench --');
  const markdown = `# The same accuracy on every engine

The lecture's models on IMDB's first ${given.limit} reviews, ${given.maxlen} words each, the last fifth to validate, ${given.epochs} epochs with Adam, ${given.seeds} seeds.
An engine is within when its mean lies no further from that of \`simd\` than the seeds of \`simd\` do from one another.

${table(head, rows)}

${engines.map(({ name, detail }) => `- ${String(name)}: ${String(detail)}`).join('\n')}
${lines}
`;
  console.log(markdown);
  await record('ENGINES', markdown, { ...values, measured });
} finally {
  await rm(settings.folder, { recursive: true, force: true });
}
