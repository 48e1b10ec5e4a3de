/** Who is measured, and how: each runs one work in processes of its own and tells its epochs as JSON lines. */
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LECTURE, workGraph } from './works.ts';
import type { Work } from './works.ts';

export const CONTENDERS = ['unroll', 'keras', 'pytorch'] as const;
export type Contender = (typeof CONTENDERS)[number];
export const isContender = (name: string): name is Contender => CONTENDERS.includes(name as Contender);

export interface Settings {
  imdb: string;
  wordIndex: string;
  /** A folder for the workspace and the peers' work files. */
  folder: string;
  epochs: number;
  seed: number;
  limit: number | null;
  threads: number | null;
  /** Another than the one Unroll takes by itself, and the graphics adapter it computes on. */
  engine?: string;
  device?: string;
}

export interface Epoch {
  epoch: number;
  loss: number;
  acc: number;
  val_loss: number;
  val_acc: number;
  /** Training and validation, by the wall clock. */
  seconds: number;
  /** Of the training process so far; only a peer tells it here. */
  peakBytes?: number;
}

export interface Measured {
  engine: string;
  parameters: number;
  epochs: Epoch[];
  /** The most memory the training process took. */
  peakBytes: number;
}

const root = fileURLToPath(new URL('..', import.meta.url));
export const peerScript = (peer: Exclude<Contender, 'unroll'>): string =>
  `bench/peers/${peer === 'keras' ? 'keras' : 'torch'}_lecture.py`;
/** The Python that has the peers. */
export const python = process.env.UNROLL_BENCH_PYTHON ?? 'python3';

type Event = Record<string, unknown>;
const eventsOf = (output: string): Event[] =>
  output
    .slice(0, output.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Event);

/**
 * Runs a program and returns the JSON lines it printed. Its last words are in the error when it fails.
 * @param enough ends the program when it has told enough
 */
export async function jsonLines(
  command: string,
  parameters: string[],
  enough: (events: Event[]) => boolean = () => false,
): Promise<Event[]> {
  const child = spawn(command, parameters, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let [output, complaints, ended] = ['', '', false];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (!ended && enough(eventsOf(output))) ended = child.kill('SIGKILL');
  });
  child.stderr
    .setEncoding('utf8')
    .on('data', (text: string) => (complaints = (complaints + text).slice(-2000)));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve);
  });
  if (code !== 0 && !ended)
    throw new Error(`${command} ${parameters.join(' ')} ended with ${code}:\n${complaints}`);
  return eventsOf(output);
}

/** What Node is given to run Unroll's command line on the benchmark's own workspace. */
export const unrollCommand = (settings: Pick<Settings, 'folder'>, ...parameters: string[]): string[] => [
  ...['build/unroll.ts', '--workspace', join(settings.folder, 'workspace'), '--json'],
  ...parameters,
];

const unroll = (settings: Settings, ...parameters: string[]): Promise<Event[]> =>
  jsonLines(process.execPath, unrollCommand(settings, ...parameters));

/** Imports IMDB into the benchmark's own workspace, once for all of Unroll's runs. */
export async function prepareUnroll(settings: Settings): Promise<void> {
  await unroll(
    settings,
    'data',
    'import',
    settings.imdb,
    '--word-index',
    settings.wordIndex,
    '--name',
    'imdb',
  );
}

async function runUnroll(work: Work, settings: Settings): Promise<Event[]> {
  const model = join(settings.folder, `${work.name}.json`);
  await writeFile(model, JSON.stringify(workGraph(work)));
  const { num_words, maxlen, batch_size, validation_split } = LECTURE;
  const options: Record<string, string | number | null> = {
    '--model': model,
    '--data': 'imdb',
    '--num-words': num_words,
    '--maxlen': maxlen,
    '--batch-size': batch_size,
    '--validation-split': validation_split,
    '--epochs': settings.epochs,
    '--seed': settings.seed,
    '--limit': settings.limit,
    '--threads': settings.threads,
    '--engine': settings.engine ?? null,
    '--device': settings.device ?? null,
  };
  const given = Object.entries(options).flatMap(([name, value]) =>
    value === null ? [] : [name, String(value)],
  );
  const told = await unroll(settings, 'train', ...given);
  const id = told.find(({ event }) => event === 'run')?.run;
  const [{ peakBytes } = {}] = await unroll(settings, 'runs', 'show', String(id));
  return told.map((event) => ({ ...event, peakBytes }));
}

/** A peer that took `givenUpAt` seconds for an epoch after its first is not carried on with. */
async function runPeer(script: string, work: Work, settings: Settings, givenUpAt: number): Promise<Event[]> {
  const { epochs, seed, limit, threads, imdb } = settings;
  const path = join(settings.folder, `${work.name}-peers.json`);
  await writeFile(
    path,
    JSON.stringify({ graph: workGraph(work), ...LECTURE, epochs, seed, limit, threads, jit_compile: true }),
  );
  return jsonLines(python, [script, path, imdb], (events) => {
    const later = events.filter(({ event, epoch }) => event === 'epoch' && Number(epoch) > 1);
    return later.some(({ seconds }) => Number(seconds) > givenUpAt);
  });
}

/**
 * Trains the work once and returns its epochs.
 * @param givenUpAt seconds an epoch that end a peer's run early
 */
export async function measure(
  contender: Contender,
  work: Work,
  settings: Settings,
  givenUpAt = Infinity,
): Promise<Measured> {
  const events =
    contender === 'unroll'
      ? await runUnroll(work, settings)
      : await runPeer(peerScript(contender), work, settings, givenUpAt);
  const run = events.find(({ event }) => event === 'run');
  const epochs = events.filter(({ event }) => event === 'epoch') as unknown as Epoch[];
  if (!run || epochs.length < Math.min(2, settings.epochs))
    throw new Error(`${contender} told ${epochs.length} epochs of ${work.name}`);
  const peakBytes = Math.max(...epochs.map((epoch) => epoch.peakBytes ?? 0));
  return { engine: String(run.engine), parameters: Number(run.parameters), epochs, peakBytes };
}
