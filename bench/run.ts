/**
 * `npm run bench`: seconds per epoch (training and validation) of the lecture's works, ours through the real command line
 * and child process, and the peers' through their scripts; in turns, so that a machine's drift falls on all alike.
 * The first epoch is told apart, since it holds compilation and warming up.
 */
import { rm } from 'node:fs/promises';
import { measure, prepareUnroll } from './contenders.ts';
import type { Contender, Measured } from './contenders.ts';
import { readOptions } from './options.ts';
import { circumstances, median, record, table } from './report.ts';
import type { Work } from './works.ts';

interface Result {
  work: Work;
  contender: Contender;
  runs: Measured[];
}

const seconds = (value: number): string => (Number.isNaN(value) ? '–' : value.toFixed(2));

/** Medians over all rounds: of first epochs, and of the later ones. */
function medians({ runs }: Result): { first: number; later: number } {
  const first = runs.map(({ epochs }) => epochs[0]!.seconds);
  const later = runs.flatMap(({ epochs }) => epochs.slice(1).map((epoch) => epoch.seconds));
  return { first: median(first), later: later.length ? median(later) : median(first) };
}

function resultTable(results: Result[]): string {
  const rows = results.map((result) => {
    const { first, later } = medians(result);
    const ours = results.find(({ work, contender }) => work === result.work && contender === 'unroll')!;
    const all = result.runs.flatMap(({ epochs }) => epochs.slice(1).map((epoch) => epoch.seconds));
    const range = all.length ? `${seconds(Math.min(...all))}–${seconds(Math.max(...all))}` : '–';
    const ratio = (later / medians(ours).later).toFixed(2);
    const { engine, parameters } = result.runs[0]!;
    return [
      result.work.title,
      result.contender,
      engine,
      parameters.toLocaleString('en-US'),
      seconds(first),
      seconds(later),
      range,
      ratio,
    ];
  });
  const head = [
    'work',
    'contender',
    'engine',
    'parameters',
    'first epoch (s)',
    'later epochs (s)',
    'range',
    'against ours',
  ];
  return table(head, rows);
}

const { contenders, works, rounds, settings } = await readOptions({ rounds: 3, epochs: 4 });
try {
  console.error('importing IMDB');
  await prepareUnroll(settings);
  const results: Result[] = works.flatMap((work) =>
    contenders.map((contender) => ({ work, contender, runs: [] })),
  );
  for (let round = 1; round <= rounds; round++) {
    for (const { work, contender, runs } of results) {
      runs.push(await measure(contender, work, { ...settings, seed: round }));
      const times = runs.at(-1)!.epochs.map((epoch) => seconds(epoch.seconds));
      console.error(`round ${round}, ${work.name}, ${contender}: ${times.join(' ')} s`);
    }
  }
  const { lines, values } = circumstances('npm run bench --');
  const about = `Seconds per epoch: ${settings.limit ?? 25_000} reviews, the last fifth of them validated. Medians over ${rounds} rounds of ${settings.epochs} epochs; Keras with jit_compile=True, its fastest setting here.`;
  const text = `# Speed of the lecture's models\n\n${about}\n\n${lines}\n\n${resultTable(results)}\n`;
  console.log(text);
  if (settings.limit === null) await record('RESULTS', text, { ...values, results });
} finally {
  await rm(settings.folder, { recursive: true, force: true });
}
