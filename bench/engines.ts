/**
 * `npm run bench -- engines`: whether the lecture's models reach the same validation accuracy on every engine of this machine,
 * within the spread over seeds, through the real command line. On generated reviews, short and few, so that an adapter in
 * software has a chance: `--examples`, `--length`, `--seeds` and `--epochs` say how much.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import softwareGpu from '../test/software-gpu.ts';
import { jsonLines, unrollCommand, type Epoch } from './contenders.ts';
import { circumstances, record, table } from './report.ts';

const MODELS = ['lecture-simple-rnn', 'lecture-lstm'] as const;
const text = { type: 'string' } as const;
const { values: given } = parseArgs({
  args: process.argv.slice(3),
  options: {
    examples: { ...text, default: '1000' },
    length: { ...text, default: '30' },
    seeds: { ...text, default: '5' },
    epochs: { ...text, default: '6' },
  },
});
const settings = { folder: await mkdtemp(join(tmpdir(), 'unroll-bench-')) };

const unroll = (...parameters: string[]) =>
  jsonLines(process.execPath, unrollCommand(settings, ...parameters));

/** Validation accuracy and loss after the last epoch, and how long it all took. */
async function train(model: string, engine: string, seed: number): Promise<Epoch & { all: number }> {
  const sizes = [
    '--maxlen',
    given.length,
    '--num-words',
    '1000',
    '--epochs',
    given.epochs,
    '--batch-size',
    '32',
  ];
  const how = ['--engine', engine, '--seed', String(seed), '--optimizer', 'adam', '--learning-rate', '0.003'];
  const told = await unroll('train', '--model', model, '--data', 'reviews', ...sizes, ...how);
  const epochs = told.filter(({ event }) => event === 'epoch') as unknown as Epoch[];
  return { ...epochs.at(-1)!, all: epochs.reduce((sum, { seconds }) => sum + seconds, 0) };
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

try {
  softwareGpu();
  const sizes = ['--examples', given.examples, '--length', given.length];
  await unroll('data', 'generate', 'sentiment', '--name', 'reviews', ...sizes);
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

The lecture's models on ${given.examples} generated reviews of up to ${given.length} words (a fifth to test, and a fifth of the rest to validate), ${given.epochs} epochs with Adam, ${given.seeds} seeds.
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
