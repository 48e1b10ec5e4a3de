import { traceLines } from '../../../shared/comparison/trace-table.ts';
import { classShown, partingWord, traceRows, whoFollows } from '../../../shared/comparison/traces.ts';
import type { Trace } from '../../../shared/contract/analysis.ts';
import type { Run } from '../../../shared/contract/runs.ts';
import { UnrollError } from '../../../shared/errors.ts';
import { checkpointOption, type Runner } from './runner.ts';
import { finishJob, type Session } from './session.ts';
import { table } from './table.ts';

interface Options {
  text: string;
  class?: string;
  checkpoint?: 'last' | 'best';
}

type Followed = Pick<Run, 'name'>;

/** A line a word: what each run says of the text up to there, as `predict` would. */
function tellObjects(
  { terminal }: Session,
  runs: readonly Followed[],
  traces: readonly Trace[],
  shown: number,
): void {
  const rows = traceRows(traces, shown);
  const parting = runs.length > 1 ? partingWord(rows) : null;
  rows.forEach(({ word, split }, at) => {
    const answers = runs.map(({ name }, i) => {
      const prediction = traces[i]!.predictions[at] ?? [];
      const several = prediction.length > 1;
      return {
        run: name,
        ...(several ? { probabilities: prediction } : { probability: prediction[0] ?? null }),
      };
    });
    terminal.result({ word, answers, theyPart: at === parting, theyDiffer: split }, () => '');
  });
}

function traceTable(
  runs: readonly Followed[],
  traces: readonly Trace[],
  shown: number,
  name: string,
): string {
  const header = [`probability of ${name} after`, ...runs.map(({ name }) => name)];
  return table([header, ...traceLines(traceRows(traces, shown), runs.length)]);
}

/** @throws UnrollError `input-invalid` with the classes there are */
function classNamed(name: string, classes: readonly string[]): number {
  const at = classes.indexOf(name);
  if (at >= 0) return at;
  const reason = `${name} is none of the data's: ${classes.join(', ')}.`;
  throw new UnrollError('input-invalid', { what: 'The class', reason });
}

async function followText(session: Session, names: readonly string[], options: Options): Promise<void> {
  const { application, terminal } = session;
  const runs = await Promise.all(names.map((run) => application.call('runs.show', { run })));
  const datasets = await application.call('data.list', {});
  const dataOf = ({ dataset }: Run) => datasets.find(({ id }) => id === dataset.id);
  const { data, followed, left } = whoFollows(runs, dataOf);
  for (const { run, reason } of left) terminal.note(`${run.name} is left out. ${reason}`);
  if (followed.length === 0) {
    const reason = 'none of them can follow a text.';
    throw new UnrollError('input-invalid', { what: 'The choice of runs', reason });
  }
  const classes = data?.classes ?? [];
  const { class: wanted, ...asked } = options;
  const chosen = wanted === undefined ? null : classNamed(wanted, classes);
  const traces: Trace[] = [];
  for (const { id } of followed)
    traces.push(await finishJob(session, 'analysis.trace', { run: id, ...asked }));
  const shown = chosen ?? classShown(traces);
  if (terminal.json) return tellObjects(session, followed, traces, shown);
  terminal.result(null, () => traceTable(followed, traces, shown, classes[shown] ?? `class ${shown}`));
}

export function registerTrace({ program, run }: Runner): void {
  program
    .command('trace')
    .description(
      'the same text through runs, word by word: the probability after each, where they part, and where they differ',
    )
    .argument('<run...>', 'ids or names')
    .requiredOption('--text <text>', 'the text')
    .option(
      '--class <name>',
      'the class whose probability is told; of two the second, of more the one the first run ends on, where not given',
    )
    .addOption(checkpointOption())
    .action((names: string[], options: Options) => run((session) => followText(session, names, options)));
}
