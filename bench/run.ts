/**
 * `npm run bench`: seconds per epoch (training and validation) of every work, ours through the real command line and child
 * process, and the peers' through their scripts; in turns, so that a machine's drift falls on all alike. The first epoch is
 * told apart, since it holds compilation and warming up. A peer more than twice as slow as the other is not carried on with
 * after its second epoch. Each work's measurement is put on record as soon as it is there.
 */
import { rm } from 'node:fs/promises';
import { measure, prepareUnroll } from './contenders.ts';
import type { Contender, Measured } from './contenders.ts';
import { readOptions } from './options.ts';
import { circumstances, median } from './report.ts';
import { resultsText, updateResults, type Summary, type WorkMeasurement } from './results.ts';
import type { Work } from './works.ts';

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
async function measureWork(work: Work): Promise<WorkMeasurement['results']> {
  const runs = new Map<Contender, Measured[]>(
    contenders
      .filter((contender) => contender !== 'pytorch' || !work.mask_zero)
      .map((contender) => [contender, []]),
  );
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

const { contenders, works, rounds, settings } = await readOptions({ rounds: 2, epochs: 4 });
try {
  console.error('importing IMDB');
  await prepareUnroll(settings);
  const { values } = circumstances('npm run bench --');
  for (const work of works) {
    const measured = { [work.name]: { ...values, results: await measureWork(work) } };
    const text =
      settings.limit === null
        ? await updateResults({ works: measured })
        : resultsText({ works: measured }, []);
    if (work === works.at(-1)) console.log(text);
  }
} finally {
  await rm(settings.folder, { recursive: true, force: true });
}
