import type { Command } from 'commander';
import type { Comparison } from '../../../shared/contract/compare.ts';
import type { Runner } from './runner.ts';
import { count, difference, duration, metric, table } from './table.ts';

/** Runs compared at once, as the contract has it. */
const MOST = 8;

/** One metric: a row an epoch, then best and last, each with the difference to the first run, the baseline. */
function metricRows({ runs, curves, metrics }: Comparison, name: string): string[][] {
  const epochs = [...new Set(curves.flatMap(({ x }) => x))].sort((a, b) => a - b);
  const valuesAt = (epoch: number) =>
    runs.map((_, i) => curves[i]?.series[name]?.[curves[i].x.indexOf(epoch)] ?? null);
  const { best = [], bestEpoch = [], last = [] } = metrics.find((one) => one.name === name) ?? {};
  return [
    [name, ...runs.flatMap((run, i) => (i === 0 ? [run.name] : [run.name, 'difference']))],
    ...epochs.map((epoch) => withDifferences(`epoch ${epoch}`, valuesAt(epoch))),
    withDifferences('best', best, (i) => (bestEpoch[i] ? ` (${bestEpoch[i]})` : '')),
    withDifferences('last', last),
  ];
}

type Values = readonly (number | null | undefined)[];

function withDifferences(title: string, values: Values, suffix: (i: number) => string = () => ''): string[] {
  const baseline = values[0] ?? null;
  const cells = values.flatMap((value, i) => {
    const shown = metric(value) + suffix(i);
    const both = typeof value === 'number' && baseline !== null;
    return i === 0 ? [shown] : [shown, difference(both ? value - baseline : null)];
  });
  return [title, ...cells];
}

/** A setting's value on one line; a whole graph or callback is told apart, not printed. */
function settingText(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? null);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

/** The side-by-side table: what the runs are, every metric by epoch, best and last, and the settings that differ. */
export function comparisonText(comparison: Comparison): string {
  const { runs, metrics, differences, controlled, cautions } = comparison;
  const facts = table([
    ['', ...runs.map(({ name }) => name)],
    ['model', ...runs.map(({ model }) => model)],
    ['parameters', ...runs.map(({ parameters }) => count(parameters))],
    ['data', ...runs.map(({ dataset }) => dataset.name)],
    [
      'time an epoch',
      ...runs.map(({ secondsPerEpoch }) => (secondsPerEpoch === null ? '–' : duration(secondsPerEpoch))),
    ],
  ]);
  const columns = Array.from({ length: 2 * runs.length }, (_, i) => i + 1);
  const blocks = metrics.map(({ name }) => table(metricRows(comparison, name), columns));
  const settings = differences.map(({ path, values }) => [path, ...values.map(settingText)]);
  const differing =
    settings.length > 0
      ? table([['settings that differ', ...runs.map(({ name }) => name)], ...settings])
      : 'No settings differ.';
  const fairness = controlled ? ['Same split, seed and order: only what is listed differs.'] : cautions;
  return [facts, ...blocks, differing, ...fairness].join('\n\n');
}

export function registerCompare({ program, run }: Runner): void {
  program
    .command('compare')
    .description('runs side by side: by epoch, best and last, and the settings that differ')
    .argument('<run...>', `2 to ${MOST}; the first is the baseline`)
    .action((names: string[], _options: unknown, command: Command) => {
      refuseWrongChoice(names, command);
      return run(async ({ application, terminal }) => {
        const comparison = await application.call('compare.runs', { runs: names });
        terminal.result(comparison, () => comparisonText(comparison));
      });
    });
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
