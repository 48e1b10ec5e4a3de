/** The part of a report on the same examples: by length, by the tests, and where the runs disagree. */
import type { Disagreements, ExamplesComparison } from '../contract/analysis.ts';
import type { Comparison } from '../contract/compare.ts';
import type { FigureLine } from '../figures/figure.ts';
import { formatCount, formatMetric, formatShare } from '../format.ts';
import { severalTestsText } from '../statistics/words.ts';
import { disagreementRows } from './disagreement-table.ts';
import { leftOut, said, type LineLook, type ReportSection } from './report-section.ts';

/** Letters of a text in a report. */
const LONGEST = 600;

export interface ReportedExamples {
  compared: ExamplesComparison;
  /** The first disagreements with the baseline, by run; of runs that do not classify there are none. */
  apart: ReadonlyMap<string, Disagreements>;
  classes: readonly string[];
}

export function exampleSections(
  runs: Comparison['runs'],
  { compared, apart, classes }: ReportedExamples,
  looks: readonly LineLook[],
): ReportSection[] {
  const { runs: results, lengths, measure, lengthWords, pairs, left, examples } = compared;
  const known = results.flatMap(({ id, mean, interval }) => {
    const place = runs.findIndex((run) => run.id === id);
    return place < 0 ? [] : [{ name: runs[place]!.name, look: looks[place]!, mean, interval }];
  });
  const [baseline] = known;
  if (!baseline) return [];
  const nameOf = (id: string) => runs.find((run) => run.id === id)?.name ?? id;
  const shown = (mean: number | null, interval: { low: number; high: number } | null) =>
    measure === 'error'
      ? formatMetric(mean)
      : `${formatShare(mean)}${interval ? ` (${formatShare(interval.low)} to ${formatShare(interval.high)})` : ''}`;
  const lines = known.map(({ name, look }, i): FigureLine => ({
    label: name,
    ...look,
    thick: i === 0,
    x: lengths.map((_, group) => group + 1),
    y: lengths.map(({ results: by }) => by[i]?.mean ?? null),
    band: {
      low: lengths.map(({ results: by }) => by[i]?.interval?.low ?? null),
      high: lengths.map(({ results: by }) => by[i]?.interval?.high ?? null),
    },
  }));
  const groupText = (at: number) => {
    const range = lengths[at - 1];
    return range ? `${formatCount(range.from)} to ${formatCount(range.to)}` : '';
  };
  const title = measure === 'accuracy' ? 'Accuracy by sequence length' : 'Error by sequence length';
  const axis = measure === 'accuracy' ? 'share correct, 95 % interval' : 'mean absolute error';
  const several = severalTestsText(pairs.filter(({ mcnemar }) => mcnemar).length);
  const byLength: ReportSection = {
    title: `${title}, ${formatCount(examples)} test examples`,
    paragraphs: [...(measure === 'accuracy' ? [said(lengthWords)] : []), ...leftOut(runs, left)],
    figures: [{ title, x: { title: 'steps before cutting', format: groupText }, y: { title: axis }, lines }],
    table: {
      header: ['Length', 'Examples', ...known.map(({ name }) => name)],
      rows: [
        ...lengths.map(({ from, to, examples: count, results: by }) => [
          `${formatCount(from)} to ${formatCount(to)}`,
          formatCount(count),
          ...by.map(({ mean, interval }) => shown(mean, interval)),
        ]),
        ['All', formatCount(examples), ...known.map(({ mean, interval }) => shown(mean, interval))],
      ],
    },
  };
  return [
    byLength,
    ...(several ? [{ title: 'Several tests', paragraphs: [several] }] : []),
    ...pairs.flatMap((pair) => {
      const found = apart.get(pair.id);
      const names = [baseline.name, nameOf(pair.id)] as const;
      return [pairSection(pair, ...names), ...(found ? [textSection(found, classes, names)] : [])];
    }),
  ];
}

function pairSection(
  { counts, mcnemar, bootstrap }: ExamplesComparison['pairs'][number],
  baseline: string,
  other: string,
): ReportSection {
  const table = counts && {
    header: ['Examples', 'Number'],
    rows: [
      ['Both right', formatCount(counts.both)],
      [`Only ${baseline}`, formatCount(counts.onlyBaseline)],
      [`Only ${other}`, formatCount(counts.onlyOther)],
      ['Neither', formatCount(counts.neither)],
    ],
  };
  return {
    title: `${other} against ${baseline}, on the same examples`,
    paragraphs: [
      ...(mcnemar ? [`McNemar's test: ${said(mcnemar.words)}`] : []),
      ...(bootstrap ? [`Bootstrap: ${said(bootstrap.words)}`] : []),
    ],
    ...(table ? { table } : {}),
  };
}

function textSection(
  found: Disagreements,
  classes: readonly string[],
  names: readonly [string, string],
): ReportSection {
  const title = `Where ${names[0]} and ${names[1]} disagree`;
  const { total, rows } = found;
  if (rows.length === 0) return { title, paragraphs: ['On no example.'] };
  const which =
    total > rows.length ? `The ${rows.length} of ${formatCount(total)} that both are surest of.` : '';
  const paragraph = `${which} Behind a class stands the probability that the run gave it.`.trim();
  return {
    title,
    paragraphs: [paragraph],
    table: {
      header: ['Example', 'True', ...names, 'Text'],
      rows: disagreementRows(found, classes, LONGEST),
    },
  };
}
