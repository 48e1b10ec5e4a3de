/** The part of a report on one text followed word by word through the runs. */
import type { Trace } from '../contract/analysis.ts';
import type { Comparison } from '../contract/compare.ts';
import { leftOut, tableOf, type LeftOut, type LineLook, type ReportSection } from './report-section.ts';
import { traceLines } from './trace-table.ts';
import { classShown, partingWord, TRACE_OTHER_DATA, traceRows, type TraceRow } from './traces.ts';

export interface ReportedTrace {
  text: string;
  /** Of the data set of the runs that followed it. */
  classes: readonly string[];
  /** By run. */
  traces: ReadonlyMap<string, Trace>;
  left: readonly LeftOut[];
}

export function traceSection(
  runs: Comparison['runs'],
  { text, classes, traces, left }: ReportedTrace,
  looks: readonly LineLook[],
): ReportSection {
  const followed = runs.flatMap((run, i) => {
    const trace = traces.get(run.id);
    return trace ? [{ run, trace, look: looks[i]! }] : [];
  });
  const found = followed.map(({ trace }) => trace);
  const shown = classShown(found);
  const rows = traceRows(found, shown);
  const said = `probability of ${classes[shown] ?? `class ${shown}`}`;
  const several = followed.length > 1;
  const parting = several ? partingWord(rows) : null;
  const otherData = followed.some(({ run }) => run.dataset.hash !== followed[0]?.run.dataset.hash);
  const title = 'The same sentence, word by word';
  const paragraphs = [
    `“${text}”`,
    ...(otherData ? [TRACE_OTHER_DATA] : []),
    ...leftOut(runs, left),
    ...(several ? [partingText(rows, parting)] : []),
  ];
  if (followed.length === 0) return { title, paragraphs };
  return {
    title,
    paragraphs,
    figures: [
      {
        title: `P${said.slice(1)} after each word`,
        x: { title: 'word', whole: true, format: (at) => `${at}: ${rows[at - 1]?.word ?? ''}` },
        y: { title: said },
        lines: followed.map(({ run, look }, i) => ({
          label: run.name,
          ...look,
          thick: several && i === 0,
          x: rows.map((_, at) => at + 1),
          y: rows.map(({ probabilities }) => probabilities[i] ?? null),
        })),
        marker: parting === null ? null : { x: parting + 1, label: 'they part' },
      },
    ],
    table: tableOf(
      [
        [`${said} after`, ...followed.map(({ run }) => run.name), ...(several ? [''] : [])],
        ...traceLines(rows, followed.length),
      ],
      1,
    ),
  };
}

/** @param parting the place of the word after which they first say different classes; null where they never do */
function partingText(rows: readonly TraceRow[], parting: number | null): string {
  if (parting === null) return 'After every word they all say the same class.';
  const apart = rows.filter(({ split }) => split).length;
  const times = apart === 1 ? 'After this word alone' : `After ${apart} of ${rows.length} words`;
  return `They part after word ${parting + 1}, “${rows[parting]!.word}”. ${times} they do not all say the same class.`;
}
