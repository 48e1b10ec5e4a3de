/**
 * `npm run bench:accuracy`: the lecture's two models for 10 epochs on IMDB with three seeds each, ours and Keras's: best
 * and last validation accuracy. Ours should lie within Keras's range; the run takes about as long as Keras needs. Contenders
 * that are left out keep what they last showed.
 */
import { readFile, rm } from 'node:fs/promises';
import { measure, prepareUnroll, type Epoch } from './contenders.ts';
import { readOptions } from './options.ts';
import { circumstances, record, table } from './report.ts';
import { updateResults } from './results.ts';

interface Result {
  work: string;
  contender: string;
  engine: string;
  seed: number;
  best: number;
  bestEpoch: number;
  last: number;
  epochs: Epoch[];
  date: string;
  commit: string;
}

const { contenders, works, rounds, settings } = await readOptions({
  rounds: 3,
  epochs: 10,
  works: ['simple-rnn', 'lstm'],
});
const before = JSON.parse(await readFile(new URL('ACCURACY.json', import.meta.url), 'utf8')) as {
  date: string;
  commit: string;
  results: Result[];
};
const shown = (value: number): string => value.toFixed(4);
try {
  await prepareUnroll(settings);
  const { values: about } = circumstances('npm run bench:accuracy --');
  const { date, commit } = about;
  const results: Result[] = before.results
    .filter(({ contender }) => !contenders.some((name) => name === contender))
    .map((result) => ({
      ...result,
      date: result.date ?? before.date,
      commit: result.commit ?? before.commit,
    }));
  for (const work of works) {
    for (const contender of contenders) {
      for (let seed = 1; seed <= rounds; seed++) {
        const { engine, epochs } = await measure(contender, work, { ...settings, seed });
        const accuracies = epochs.map(({ val_acc }) => val_acc);
        const best = Math.max(...accuracies);
        const values = {
          seed,
          best,
          bestEpoch: accuracies.indexOf(best) + 1,
          last: accuracies.at(-1)!,
          epochs,
          date,
          commit,
        };
        results.push({ work: work.name, contender, engine, ...values });
        console.error(`${work.name}, ${contender}, seed ${seed}: best ${shown(best)}`);
      }
    }
  }
  const rows = results.map(({ work, contender, engine, seed, best, bestEpoch, last, ...of }) => [
    ...[work, contender, engine, String(seed), shown(best), String(bestEpoch), shown(last)],
    `${of.date}, ${of.commit}`,
  ]);
  const text = `# Validation accuracy of the lecture's models\n\n${settings.epochs} epochs on IMDB, validation on the last 5,000 reviews.\n\n- ${Object.values(about).join(', ')}\n\n${table(['work', 'contender', 'engine', 'seed', 'best val_acc', 'at epoch', 'last val_acc', 'measured'], rows)}\n`;
  console.log(text);
  if (settings.limit === null) {
    await record('ACCURACY', text, { ...about, results });
    await updateResults({});
  }
} finally {
  await rm(settings.folder, { recursive: true, force: true });
}
