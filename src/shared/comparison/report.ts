/** A comparison to take away: what is said and shown, before it becomes a page or Markdown. */
import type { Comparison, ModelDifference } from '../contract/compare.ts';
import type { Figure, FigureLine } from '../figures/figure.ts';
import { formatCount } from '../format.ts';
import { metricAxis, metricTitle } from '../metric-names.ts';
import { severalTestsText } from '../statistics/words.ts';
import { axisEnd, beyondText, hasExploded } from './beyond.ts';
import { exampleSections, type ReportedExamples } from './report-examples.ts';
import { gradientSections, type ReportedGradient } from './report-gradient.ts';
import { said, type LineLook, type ReportSection } from './report-section.ts';
import { traceSection, type ReportedTrace } from './report-trace.ts';
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

export interface Report {
  title: string;
  sections: ReportSection[];
}

/** What was asked of the runs' weights; null where it was not. */
interface Asked {
  /** The comparison on the same examples, and on which of them the runs disagree. */
  examples: ReportedExamples | null;
  trace: ReportedTrace | null;
  gradient: ReportedGradient | null;
}

/** @param looks of each run, with a CSS colour */
export function reportOf(
  comparison: Comparison,
  { examples, trace, gradient }: Asked,
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
    ...(examples ? exampleSections(runs, examples, looks) : []),
    ...(trace ? [traceSection(runs, trace, looks)] : []),
    ...(gradient ? gradientSections(runs, gradient, looks) : []),
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
    ({ name, model, dataset, preprocessing, training, engine, archived }, i) =>
      `${name}${i === 0 ? ` (the baseline${archived ? ', archived' : ''})` : ''}: model ${model} on ${dataset.name}, sequences of ` +
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
  const beyond = new Set<string>();
  const figures = names.map((name): Figure => {
    const linesOf = (run: Comparison['runs'][number], i: number): FigureLine[] => {
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
    };
    const { max, leaving } = axisEnd(
      runs.map((run, i) => ({ name: run.name, exploded: hasExploded(run), lines: linesOf(run, i) })),
    );
    leaving.forEach((run) => beyond.add(run));
    const y = { title: metricAxis(name, losses.size === 1 ? runs[0]?.training.loss : undefined), max };
    return { title: metricTitle(name), x: { title: 'epoch', whole: true }, y, lines: runs.flatMap(linesOf) };
  });
  const shown = figures.filter(({ lines }) => lines.some(({ x }) => x.length > 0));
  if (shown.length === 0) return null;
  const drawn = [
    'Training is dashed, validation solid; the baseline is thicker, and the best epoch is ringed.',
    ...(beyond.size > 0 ? [beyondText([...beyond])] : []),
  ];
  return { title: 'Curves', paragraphs: [], drawn, figures: shown };
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
