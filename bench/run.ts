/**
 * `npm run bench`: seconds per epoch (training and validation) of every work, ours through the real command line and child
 * process, and the peers' through their scripts; in turns, so that a machine's drift falls on all alike. The first epoch is
 * told apart, since it holds compilation and warming up. A peer more than twice as slow as the other is not carried on with
 * after its second epoch. RESULTS keeps each work's last measurement, so that works can be measured one by one.
 */
import { readFile, rm } from 'node:fs/promises';
import { CONTENDERS, measure, prepareUnroll } from './contenders.ts';
import type { Contender, Measured } from './contenders.ts';
import { readOptions } from './options.ts';
import { circumstances, median, record, table } from './report.ts';
import { WORKS } from './works.ts';
import type { Work } from './works.ts';

interface Summary {
  engine: string;
  parameters: number;
  /** Medians in seconds over all rounds: of first epochs, and of the later ones. */
  first: number;
  later: number;
  range: [number, number];
  /** How many later epochs there were. */
  epochs: number;
  peakBytes: number;
}

/** One work's last measurement and its circumstances. */
interface Measurement {
  date: string;
  commit: string;
  processor: string;
  node: string;
  command: string;
  results: Partial<Record<Contender, Summary>>;
}

/** Slower than this many times the other peer's median, a peer is given up. */
const GIVEN_UP = 2;

const laterOf = (runs: readonly Measured[]): number[] =>
  runs.flatMap(({ epochs }) => epochs.slice(1).map((epoch) => epoch.seconds));

function summary(runs: readonly Measured[]): Summary {
  const later = laterOf(runs);
  const { engine, parameters } = runs[0]!;
  return {
    engine,
    parameters,
    first: median(runs.map(({ epochs }) => epochs[0]!.seconds)),
    later: median(later),
    range: [Math.min(...later), Math.max(...later)],
    epochs: later.length,
    peakBytes: Math.max(...runs.map(({ peakBytes }) => peakBytes)),
  };
}

/** Runs all contenders in turns. */
async function measureWork(work: Work): Promise<Measurement['results']> {
  const runs = new Map<Contender, Measured[]>(contenders.map((contender) => [contender, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const [contender, own] of runs) {
      const peers = [...runs].filter(([name]) => name !== 'unroll' && name !== contender);
      const medians = peers.flatMap(([, of]) => (of.length > 0 ? [median(laterOf(of))] : []));
      const givenUpAt = contender === 'unroll' ? Infinity : GIVEN_UP * Math.min(Infinity, ...medians);
      // A peer that was given up once keeps what it showed.
      if (own.some(({ epochs }) => epochs.length < settings.epochs)) continue;
      own.push(await measure(contender, work, { ...settings, seed: round }, givenUpAt));
      const times = own.at(-1)!.epochs.map((epoch) => epoch.seconds.toFixed(2));
      console.error(`${work.name}, round ${round}, ${contender}: ${times.join(' ')} s`);
    }
  }
  return Object.fromEntries([...runs].map(([contender, own]) => [contender, summary(own)]));
}

const seconds = (of: Summary | undefined): string => (of ? of.later.toFixed(2) : '–');
const megabytes = (of: Summary | undefined): string => (of ? (of.peakBytes / 1e6).toFixed(0) : '–');

function row(work: Work, { results, commit, date }: Measurement): string[] {
  const { unroll, keras, pytorch } = results;
  const peers = [keras, pytorch].flatMap((peer) => (peer ? [peer.later] : []));
  const ratio = Math.min(...peers) / unroll!.later;
  return [
    work.title,
    ...[unroll, keras, pytorch].map(seconds),
    peers.length ? `${ratio.toFixed(1)} x` : '–',
    `${work.bar} x`,
    `${work.aim} x`,
    [unroll, keras, pytorch].map((of) => of?.epochs ?? 0).join(', '),
    [unroll, keras, pytorch].map(megabytes).join(', '),
    `${date}, ${commit}`,
  ];
}

function resultTable(measurements: Record<string, Measurement>): string {
  const head = ['work', 'Unroll (s)', 'Keras (s)', 'PyTorch (s)', 'against the fastest peer', 'bar', 'aim'];
  const rows = WORKS.flatMap((work) => {
    const measured = measurements[work.name];
    return measured ? [row(work, measured)] : [];
  });
  return table([...head, 'epochs', 'peak MB', 'measured'], rows);
}

/** Measurements on record, by work. */
async function recorded(): Promise<Record<string, Measurement>> {
  const text = await readFile(new URL('RESULTS.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { works: Record<string, Measurement> }).works;
}

const { contenders, works, rounds, settings } = await readOptions({ rounds: 2, epochs: 4 });
try {
  console.error('importing IMDB');
  await prepareUnroll(settings);
  const { lines, values } = circumstances('npm run bench --');
  const measured: Record<string, Measurement> = {};
  for (const work of works) {
    const results = await measureWork(work);
    measured[work.name] = { ...(values as Omit<Measurement, 'results'>), results };
  }
  const { processor, node } = values;
  const versions = CONTENDERS.flatMap((name) => {
    const of = Object.values(measured).find(({ results }) => results[name])?.results[name];
    return of ? [of.engine] : [];
  });
  const about = `Seconds per epoch of ${settings.limit ?? 25_000} reviews, the last fifth of them validated: medians of the epochs after the first (their numbers in the column "epochs"). Keras with jit_compile=True, its fastest setting here; a peer more than twice as slow as the other is stopped early. Peak memory is of the training process.`;
  const all = settings.limit === null ? { ...(await recorded()), ...measured } : measured;
  const text = `# Speed of training\n\n${about}\n\n${lines}\n- contenders: ${versions.join('; ')}\n\n${resultTable(all)}\n`;
  console.log(text);
  if (settings.limit === null) await record('RESULTS', text, { processor, node, works: all });
} finally {
  await rm(settings.folder, { recursive: true, force: true });
}
