/**
 * `npm run bench -- start-up`: how long a person waits before anything trains: from `train` typed to the first batch done, the
 * peers' scripts beside it, and the import of IMDB as Keras's file and, where UNROLL_ACL_IMDB names it, as the original archive.
 */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jsonLines, peerScript, prepareUnroll, python, unrollCommand } from './contenders.ts';
import type { Contender } from './contenders.ts';
import { readOptions } from './options.ts';
import { circumstances, median } from './report.ts';
import { updateResults, type StartUpMeasurement } from './results.ts';
import { LECTURE, WORKS, workGraph } from './works.ts';

/** One batch to train on and the least to validate, of data that is read and prepared whole. */
const LIMIT = Math.round(LECTURE.batch_size / (1 - LECTURE.validation_split));

const { contenders, rounds, settings } = await readOptions({ rounds: 5, epochs: 1, works: ['lstm'] });

/** Seconds until an event of this name is told, or to the end. */
async function secondsTo(event: string | null, command: string, parameters: string[]): Promise<number> {
  const began = performance.now();
  let told: number | null = null;
  await jsonLines(command, parameters, (events) => {
    const is = events.some((one) => one.event === event);
    if (is) told ??= performance.now();
    return is;
  });
  return ((told ?? performance.now()) - began) / 1000;
}

async function firstBatch(contender: Contender, seed: number): Promise<number> {
  const path = join(settings.folder, 'start-up.json');
  const graph = workGraph(WORKS.find(({ name }) => name === 'lstm')!);
  if (contender === 'unroll') {
    await writeFile(path, JSON.stringify(graph));
    const given = ['--model', path, '--data', 'imdb', '--epochs', '1', '--limit', String(LIMIT)];
    return secondsTo(
      'epoch',
      process.execPath,
      unrollCommand(settings, 'train', ...given, '--seed', String(seed)),
    );
  }
  const { threads, imdb } = settings;
  const work = { graph, ...LECTURE, epochs: 1, seed, limit: LIMIT, threads, jit_compile: false };
  await writeFile(path, JSON.stringify(work));
  return secondsTo('epoch', python, [peerScript(contender), path, imdb]);
}

async function importing(path: string, ...options: string[]): Promise<number> {
  const own = { ...settings, folder: join(settings.folder, 'import') };
  const command = unrollCommand(own, 'data', 'import', path, ...options, '--name', 'imdb');
  const seconds = await secondsTo(null, process.execPath, command);
  await rm(own.folder, { recursive: true, force: true });
  return seconds;
}

async function repeated(measure: (round: number) => Promise<number>): Promise<number> {
  const times: number[] = [];
  for (let round = 1; round <= rounds; round++) times.push(await measure(round));
  console.error(times.map((seconds) => `${seconds.toFixed(2)} s`).join(', '));
  return median(times);
}

try {
  await prepareUnroll(settings);
  const start: Partial<Record<Contender, number>> = {};
  for (const contender of contenders)
    start[contender] = await repeated((round) => firstBatch(contender, round));
  const measured: StartUpMeasurement['measured'] = [
    { title: 'From `train` typed to the first batch done', bar: 1, aim: 0.5, seconds: start },
  ];
  const keras = await repeated(() => importing(settings.imdb, '--word-index', settings.wordIndex));
  measured.push({ title: 'Import of `imdb.npz`', bar: 2, aim: 1, seconds: { unroll: keras } });
  const archive = process.env.UNROLL_ACL_IMDB;
  if (archive === undefined) console.error('UNROLL_ACL_IMDB names no archive: its import is left out.');
  else {
    const seconds = { unroll: await repeated(() => importing(archive)) };
    measured.push({ title: 'Import of `aclImdb_v1.tar.gz`', bar: 12, aim: 6, seconds });
  }
  const { values } = circumstances('npm run bench --');
  console.log(await updateResults({ startUp: { ...values, measured } }));
} finally {
  await rm(settings.folder, { recursive: true, force: true });
}
