/** The options that both benchmarks take. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { isContender } from './contenders.ts';
import type { Contender, Settings } from './contenders.ts';
import { WORKS } from './works.ts';
import type { Work } from './works.ts';

export interface Options {
  contenders: Contender[];
  works: Work[];
  /** How often every contender runs every work; accuracy takes them as seeds 1, 2, … */
  rounds: number;
  settings: Settings;
}

const USAGE = `Options:
  --imdb FILE          Keras's imdb.npz (or the variable UNROLL_IMDB)
  --word-index FILE    imdb_word_index.json (or UNROLL_IMDB_WORD_INDEX)
  --against NAMES      peers to measure as well: keras,pytorch; run by UNROLL_BENCH_PYTHON or python3
  --works NAMES        ${WORKS.map(({ name }) => name).join(',')} (all)
  --rounds N  --epochs N  --threads N
  --limit N            only the first N reviews; such results are printed and not recorded`;

function usage(reason: string): never {
  console.error(`${reason}\n${USAGE}`);
  process.exit(2);
}

function count(value: string | undefined): number | null {
  if (value === undefined) return null;
  const number = Number(value);
  return Number.isInteger(number) && number > 0 ? number : usage(`${value} is not a positive whole number.`);
}

function readArguments<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    return usage((error as Error).message);
  }
}

/** Reads the command line; wrong usage ends the process with 2. */
export async function readOptions(defaults: {
  rounds: number;
  epochs: number;
  /** All where left out. */
  works?: string[];
}): Promise<Options> {
  const text = { type: 'string' } as const;
  const names = ['imdb', 'word-index', 'against', 'works', 'rounds', 'epochs', 'threads', 'limit'] as const;
  const options = Object.fromEntries(names.map((name) => [name, text])) as Record<
    (typeof names)[number],
    typeof text
  >;
  const { values } = readArguments(() =>
    parseArgs({ args: process.argv.slice(2).filter((word, i) => i > 0 || word.startsWith('-')), options }),
  );
  const imdb = values.imdb ?? process.env.UNROLL_IMDB ?? usage('Say where imdb.npz is.');
  const wordIndex =
    values['word-index'] ?? process.env.UNROLL_IMDB_WORD_INDEX ?? usage('Say where imdb_word_index.json is.');
  const peers = values.against?.split(',') ?? [];
  const works = values.works?.split(',') ?? defaults.works ?? WORKS.map(({ name }) => name);
  return {
    contenders: [
      'unroll',
      ...peers.map((name) => (isContender(name) ? name : usage(`There is no peer ${name}.`))),
    ],
    works: works.map(
      (wanted) => WORKS.find(({ name }) => name === wanted) ?? usage(`There is no work ${wanted}.`),
    ),
    rounds: count(values.rounds) ?? defaults.rounds,
    settings: {
      imdb: resolve(imdb),
      wordIndex: resolve(wordIndex),
      folder: await mkdtemp(join(tmpdir(), 'unroll-bench-')),
      epochs: count(values.epochs) ?? defaults.epochs,
      seed: 1,
      limit: count(values.limit),
      threads: count(values.threads),
    },
  };
}
