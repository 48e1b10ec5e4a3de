/** Runs against one another on the same test examples: how many each got right, and the texts on which they disagree. */
import { DISAGREEMENTS_TOLD, disagreementRows } from '../../../shared/comparison/disagreement-table.ts';
import type { Disagreements, ExamplesComparison } from '../../../shared/contract/analysis.ts';
import type { Run } from '../../../shared/contract/runs.ts';
import { formatShare } from '../../../shared/format.ts';
import { severalTestsText } from '../../../shared/statistics/words.ts';
import { finishJob, type Session } from './session.ts';
import { count, metric, table } from './table.ts';

/** Characters of a text on a line. */
const LONGEST = 80;

type Pair = ExamplesComparison['pairs'][number];

function summary(
  { examples, measure, runs, left }: ExamplesComparison,
  nameOf: (id: string) => string,
): string {
  const shown = (mean: number, interval: { low: number; high: number } | null) =>
    measure === 'error'
      ? metric(mean)
      : `${formatShare(mean)}${interval ? ` (${formatShare(interval.low)} to ${formatShare(interval.high)})` : ''}`;
  const what = measure === 'accuracy' ? 'right' : 'mean absolute error';
  return table([
    [`${count(examples)} test examples`, what],
    ...runs.map(({ id, mean, interval }) => [nameOf(id), shown(mean, interval)]),
    ...left.map(({ id, reason }) => [nameOf(id), `left out: ${reason}`]),
  ]);
}

function pairText(pair: Pair, names: readonly [string, string]): string {
  const { counts, mcnemar, bootstrap } = pair;
  const said = [mcnemar?.words, bootstrap?.words].flatMap((words) =>
    words ? `${words.meaning} ${words.caution}` : [],
  );
  const agreement = counts && [
    ['both right', count(counts.both)],
    [`only ${names[0]}`, count(counts.onlyBaseline)],
    [`only ${names[1]}`, count(counts.onlyOther)],
    ['neither', count(counts.neither)],
  ];
  return [...(agreement ? [table(agreement, [1])] : []), ...said].join('\n\n');
}

/** The texts on which two runs disagree, those both are surest of first; a sequence without a text by its number. */
function textsOf(found: Disagreements, classes: readonly string[], names: readonly string[]): string {
  const { total, rows } = found;
  if (rows.length === 0) return `${names.join(' and ')} disagree on no example.`;
  const more = total > rows.length ? ` (${rows.length} of ${count(total)})` : '';
  return table(
    [
      ['example', 'true', ...names, `where they disagree${more}`],
      ...disagreementRows(found, classes, LONGEST),
    ],
    [0],
  );
}

/** Compares runs on the test split, evaluating those that have not been, and tells what was found after the comparison. */
export async function tellExamples(session: Session, runs: readonly Run[]): Promise<void> {
  const { application, terminal } = session;
  const compared = await finishJob(session, 'analysis.examples', { runs: runs.map(({ id }) => id) });
  const nameOf = (id: string) => runs.find((run) => run.id === id)?.name ?? id;
  terminal.result(compared, () => `\n${summary(compared, nameOf)}`);
  const [baseline] = compared.runs;
  if (baseline === undefined) return;
  const data = runs.find(({ id }) => id === baseline.id)!.dataset.id;
  const classes = (await application.call('data.list', {})).find(({ id }) => id === data)?.classes ?? [];
  const several = severalTestsText(compared.pairs.filter(({ mcnemar }) => mcnemar).length);
  if (several) terminal.note(several);
  for (const pair of compared.pairs) {
    const names = [nameOf(baseline.id), nameOf(pair.id)] as const;
    terminal.result({ runs: names, ...pair }, () => `\n${pairText(pair, names)}`);
    if (pair.counts === null) continue;
    const both: [string, string] = [baseline.id, pair.id];
    const apart = await finishJob(session, 'analysis.disagreements', {
      runs: both,
      count: DISAGREEMENTS_TOLD,
    });
    terminal.result({ runs: names, ...apart }, () => `\n${textsOf(apart, classes, names)}`);
  }
}
