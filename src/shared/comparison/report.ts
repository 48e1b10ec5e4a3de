/** A comparison to take away: what is said and shown, before it becomes a page or Markdown. */
import type { ExamplesComparison } from '../contract/analysis.ts';
import type { Comparison, ModelDifference } from '../contract/compare.ts';
import type { Figure, FigureLine } from '../figures/figure.ts';
import { formatCount, formatMetric, formatShare } from '../format.ts';
import { metricAxis, metricTitle } from '../metric-names.ts';
import { severalTestsText, type Words } from '../statistics/words.ts';
import type { RunLook } from './looks.ts';
import {
  cellText,
  seedTestText,
  settingRows,
  spreadColumns,
  spreadRows,
  valueRows,
  type ComparedRow,
} from './tables.ts';
import { verdictOf } from './verdict.ts';

export interface ReportSection {
  title: string;
  paragraphs: string[];
  /** A header and rows of plain text. */
  table?: { header: string[]; rows: string[][] };
  figures?: Figure[];
}

export interface Report {
  title: string;
  sections: ReportSection[];
}

type LineLook = Pick<RunLook, 'mark'> & Pick<FigureLine, 'colour'>;

/**
 * @param examples the comparison on the same examples, where it was made
 * @param looks of each run, with a CSS colour
 */
export function reportOf(
  comparison: Comparison,
  examples: ExamplesComparison | null,
  looks: readonly LineLook[],
): Report {
  const { runs } = comparison;
  const sections: (ReportSection | null)[] = [
    fairness(comparison),
    curves(comparison, looks),
    tableOf('Values', 'Metric', runs, valueRows(comparison)),
    overSeeds(comparison),
    tableOf('Settings that differ', 'Setting', runs, settingRows(comparison.differences)),
    ...comparison.models.slice(1).map((model, i) => modelSection(model, runs[0]!.name, runs[i + 1]!.name)),
    ...(examples ? exampleSections(comparison, examples, looks) : []),
  ];
  return {
    title: `${runs.map(({ name }) => name).join(', ')}: compared`,
    sections: sections.filter((section) => section !== null),
  };
}

function fairness(comparison: Comparison): ReportSection {
  const { runs, cautions } = comparison;
  const { title, text } = verdictOf(comparison);
  const made = runs.map(
    ({ name, model, dataset, preprocessing, training, engine }, i) =>
      `${name}${i === 0 ? ' (the baseline)' : ''}: model ${model} on ${dataset.name}, sequences of ` +
      `${preprocessing.maxlen ?? 'all'} steps, ${training.optimizer.name} with learning rate ` +
      `${training.optimizer.learning_rate}, batch ${training.batch_size}, seed ${training.seed}, engine ${engine}.`,
  );
  return { title: 'The runs', paragraphs: [`${title} ${text}`, ...cautions, ...made] };
}

function curves(
  { runs, curves: all, metrics }: Comparison,
  looks: readonly LineLook[],
): ReportSection | null {
  const names = [...new Set(metrics.map(({ name }) => name.replace(/^val_/, '')))];
  const losses = new Set(runs.map(({ training }) => training.loss));
  const figures = names.map((name): Figure => {
    const lines = runs.flatMap((run, i): FigureLine[] => {
      const { x, series } = all[i]!;
      const base = { x, ...looks[i]!, thick: i === 0 };
      const training = series[name];
      const validation = series[`val_${name}`];
      return [
        ...(validation
          ? [{ ...base, label: `${run.name} validation`, y: validation, marked: run.bestEpoch }]
          : []),
        ...(training ? [{ ...base, label: `${run.name} training`, y: training, dashed: true }] : []),
      ];
    });
    const y = { title: metricAxis(name, losses.size === 1 ? runs[0]?.training.loss : undefined) };
    return { title: metricTitle(name), x: { title: 'epoch', whole: true }, y, lines };
  });
  const drawn = figures.filter(({ lines }) => lines.some(({ x }) => x.length > 0));
  if (drawn.length === 0) return null;
  const paragraphs = [
    'Training is dashed, validation solid; the baseline is thicker, and the best epoch is ringed.',
  ];
  return { title: 'Curves', paragraphs, figures: drawn };
}

function tableOf(
  title: string,
  what: string,
  columns: readonly { name: string }[],
  rows: readonly ComparedRow[],
): ReportSection | null {
  if (rows.length === 0) return null;
  const header = [what, ...columns.map(({ name }) => name)];
  return {
    title,
    paragraphs: [],
    table: { header, rows: rows.map(({ name, cells }) => [name, ...cells.map(cellText)]) },
  };
}

const said = ({ meaning, caution }: Words): string => `${meaning} ${caution}`;

function overSeeds(comparison: Comparison): ReportSection | null {
  const columns = spreadColumns(comparison);
  const section = tableOf('Over seeds', 'Mean ± standard deviation', columns, spreadRows(comparison));
  if (!section) return null;
  const tests = comparison.seedTests.map((test) => {
    const { title, given } = seedTestText(test);
    return `${title} (${given}): ${said(test.words)}`;
  });
  const several = severalTestsText(tests.length);
  return { ...section, paragraphs: several ? [several, ...tests] : tests };
}

const MARK = { same: '', changed: 'changed', added: 'added', removed: 'removed' } as const;

function modelSection({ rows }: ModelDifference, first: string, second: string): ReportSection | null {
  if (rows.every(({ kind }) => kind === 'same')) return null;
  const layer = (one: ModelDifference['rows'][number]['first']) =>
    one ? `${one.id} (${one.type}) ${one.shape} ${formatCount(one.parameters)}` : '';
  return {
    title: `Models: ${second} against ${first}`,
    paragraphs: [],
    table: {
      header: [first, second, 'Difference'],
      rows: rows.map((row) => [
        layer(row.first),
        layer(row.second),
        [MARK[row.kind], ...row.changes.map(({ name, from, to }) => `${name} ${from} → ${to}`)]
          .filter(Boolean)
          .join(', '),
      ]),
    },
  };
}

function exampleSections(
  { runs }: Comparison,
  { runs: results, lengths, measure, lengthWords, pairs, left, examples }: ExamplesComparison,
  looks: readonly LineLook[],
): ReportSection[] {
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
    paragraphs: [
      ...(measure === 'accuracy' ? [said(lengthWords)] : []),
      ...left.map(({ id, reason }) => `${nameOf(id)} is left out. ${reason}`),
    ],
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
    ...pairs.map((pair) => pairSection(pair, baseline.name, nameOf(pair.id))),
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
