import { writeFileSync } from 'node:fs';
import { extname } from 'node:path';
import type { Command } from 'commander';
import {
  apartBy,
  cellText,
  seedTestText,
  settingRows,
  spreadColumns,
  spreadRows,
  valueRows,
  type ComparedRow,
} from '../../../shared/comparison/tables.ts';
import { verdictOf } from '../../../shared/comparison/verdict.ts';
import type { Comparison } from '../../../shared/contract/compare.ts';
import { UnrollError } from '../../../shared/errors.ts';
import { NO_VALUE } from '../../../shared/format.ts';
import { severalTestsText } from '../../../shared/statistics/words.ts';
import { requireFree } from '../../exporters/place.ts';
import { tellExamples } from './compared-examples.ts';
import type { Runner } from './runner.ts';
import { finishJob } from './session.ts';
import { change, metric, table } from './table.ts';

/** Runs compared at once, as the contract has it. */
const MOST = 8;

/** One metric: a row an epoch, each other run with its difference to the first, the baseline, where that means something. */
function epochRows({ runs, curves }: Comparison, name: string): string[][] {
  const apart = apartBy(runs, name);
  const epochs = [...new Set(curves.flatMap(({ x }) => x))].sort((a, b) => a - b);
  return [
    [name, ...runs.flatMap((run, i) => (i === 0 ? [run.name] : [run.name, 'difference']))],
    ...epochs.map((epoch) => {
      const values = curves.map(({ x, series }) => series[name]?.[x.indexOf(epoch)] ?? null);
      return [`epoch ${epoch}`, ...withDifferences(values, apart)];
    }),
  ];
}

function withDifferences(values: readonly (number | null)[], apart: readonly (string | null)[]): string[] {
  const baseline = values[0] ?? null;
  return values.flatMap((value, i) => {
    if (i === 0) return [metric(value)];
    if (value === null || baseline === null) return [metric(value), NO_VALUE];
    return [metric(value), apart[i] ?? change(value, baseline)];
  });
}

/** A setting's value on one line; a whole graph or callback is told apart, not printed. */
const shortened = (text: string): string => (text.length > 40 ? `${text.slice(0, 39)}…` : text);

/** A table of a comparison as the screen has it, what stands beside a value in brackets. */
function comparedTable(what: string, columns: readonly string[], rows: readonly ComparedRow[]): string {
  const lines = rows.map(({ name, cells }) => [
    name,
    ...cells.map((cell) => cellText({ ...cell, text: shortened(cell.text) })),
  ]);
  return table([[what, ...columns], ...lines]);
}

/** The side-by-side table: what the runs are, every metric by epoch, best and last, and the settings that differ. */
export function comparisonText(comparison: Comparison): string {
  const { runs, metrics, seedTests, cautions } = comparison;
  const names = runs.map(({ name }) => name);
  const facts = table([
    ['', ...names],
    ['model', ...runs.map(({ model }) => model)],
    ['data', ...runs.map(({ dataset }) => dataset.name)],
  ]);
  const columns = Array.from({ length: 2 * runs.length }, (_, i) => i + 1);
  const blocks = metrics.map(({ name }) => table(epochRows(comparison, name), columns));
  const spreads = spreadRows(comparison);
  const overSeeds =
    spreads.length > 0
      ? [
          comparedTable(
            'over seeds: mean ± standard deviation',
            spreadColumns(comparison).map(({ name }) => name),
            spreads,
          ),
        ]
      : [];
  const settings = settingRows(comparison.differences);
  const differing =
    settings.length > 0 ? comparedTable('settings that differ', names, settings) : 'No settings differ.';
  const { title, text } = verdictOf(comparison);
  const values = comparedTable('values', names, valueRows(comparison));
  const several = severalTestsText(seedTests.length);
  const tests = seedTests.map((test) => {
    const { title, given } = seedTestText(test);
    return `${title} (${given}): ${test.words.meaning} ${test.words.caution}`;
  });
  return [
    ...[facts, ...blocks, values, ...overSeeds],
    ...(several ? [several] : []),
    ...[...tests, differing, `${title} ${text}`, ...cautions],
  ].join('\n\n');
}

interface Options {
  out?: string;
  replace: boolean;
  examples: boolean;
  gradient: boolean;
  text?: string;
}

export function registerCompare({ program, run }: Runner): void {
  program
    .command('compare')
    .description('runs side by side: by epoch, best and last, and the settings that differ')
    .argument('<run...>', `2 to ${MOST}; the first is the baseline`)
    .option('--out <file>', 'write a report: one HTML page for .html, Markdown for .md')
    .option('--replace', 'put the report in the place of a file that is there', false)
    .option(
      '--examples',
      'compare them on the test split too, with the first texts on which they disagree: in the report, or here',
      false,
    )
    .option(
      '--gradient',
      'in the report, how far the loss reaches back in each on the first test examples, as `gradient` tells it',
      false,
    )
    .option('--text <text>', 'in the report, this text word by word through each, as `trace` tells it')
    .action((names: string[], { out, replace, ...asked }: Options, command: Command) => {
      refuseWrongChoice(names, command);
      refuseWithoutReport(out, asked, command);
      const { examples } = asked;
      const format = out === undefined ? null : formatOf(out, command);
      return run(async (session) => {
        if (out !== undefined && !replace) requireFree([out]);
        const { application, terminal } = session;
        const comparison = await application.call('compare.runs', { runs: names });
        if (out !== undefined && format !== null) {
          const report = await finishJob(session, 'compare.report', { runs: names, format, ...asked });
          writeReport(out, report.content);
          terminal.note(`Wrote ${out}.`);
        }
        terminal.result(comparison, () => comparisonText(comparison));
        if (examples && out === undefined) await tellExamples(session, comparison.runs);
      });
    });
}

function formatOf(out: string, command: Command): 'html' | 'markdown' {
  const extension = extname(out).toLowerCase();
  if (extension === '.html') return 'html';
  if (extension !== '.md') command.error(`error: A report is a .html or a .md file, and ${out} is neither.`);
  return 'markdown';
}

/** @throws UnrollError `path-not-writable` */
function writeReport(path: string, content: string): void {
  try {
    writeFileSync(path, content);
  } catch (error) {
    throw new UnrollError('path-not-writable', { path }, { cause: error });
  }
}

/** Ends with wrong usage where something is asked for that only a report has. */
function refuseWithoutReport(
  out: string | undefined,
  { gradient, text }: Pick<Options, 'gradient' | 'text'>,
  command: Command,
): void {
  if (out !== undefined) return;
  if (gradient)
    command.error('error: --gradient goes into a report. Name one with --out, or use `unroll gradient`.');
  if (text !== undefined)
    command.error('error: --text goes into a report. Name one with --out, or use `unroll trace`.');
}

/** Ends with wrong usage where there is nothing to compare, too much, or one thing twice. */
function refuseWrongChoice(names: readonly string[], command: Command): void {
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) command.error(`error: The run ${twice} is named twice. Name each run once.`);
  if (names.length < 2)
    command.error(
      `error: One run has nothing to be compared with. Name 2 to ${MOST} runs, the baseline first.`,
    );
  if (names.length > MOST)
    command.error(`error: At most ${MOST} runs are compared at once, not ${names.length}.`);
}
