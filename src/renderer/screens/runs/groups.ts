/** Runs that agree in a field, put together: how many, and the mean and spread of their values. */
import { formatCount } from '../../../shared/format.ts';
import { averaged } from '../../../shared/history/divergence.ts';
import type { RunRow } from '../../../shared/history/rows.ts';
import type { RunField, RunFields } from '../../../shared/history/fields.ts';
import { spread } from '../../../shared/statistics/paired.ts';

export interface Statistics {
  mean: number;
  /** Standard deviation of the sample (divided by n - 1); null for fewer than two values. */
  spread: number | null;
  /** Runs that have a value. */
  count: number;
}

export interface RunGroup {
  /** The value they share, as it is shown. */
  label: string;
  runs: readonly RunRow[];
}

/** Groups in the order of their first run. A run stands under each of several values, as with tags. */
export function groupRuns(runs: readonly RunRow[], field: RunField): RunGroup[] {
  const groups = new Map<string, RunRow[]>();
  for (const run of runs) {
    const value = field.of(run);
    const labels = Array.isArray(value) && value.length > 0 ? value : [field.show(value)];
    for (const label of labels as readonly string[]) {
      const group = groups.get(label);
      if (group === undefined) groups.set(label, [run]);
      else group.push(run);
    }
  }
  return [...groups].map(([label, members]) => ({ label, runs: members }));
}

/** How many of a group's runs stand in its count, but not in the means of its metrics: their loss exploded. */
export function explodedIn({ runs }: RunGroup): number {
  return runs.length - averaged(runs, (run) => run).length;
}

/**
 * Of the runs that have a number, of a metric without those whose loss exploded; null where none has. Two passes, so that
 * close values lose no digits.
 */
export function statisticsOf(runs: readonly RunRow[], field: RunField): Statistics | null {
  const values = (field.metric === undefined ? runs : averaged(runs, (run) => run))
    .map(field.of)
    .filter((value) => typeof value === 'number' && Number.isFinite(value)) as number[];
  const found = spread(values);
  return found && { mean: found.mean, spread: found.deviation, count: values.length };
}

/** A mean or spread of a field: of what is counted, as epochs are, with a decimal, for `2 ± 1` would not be 2.4 ± 0.9. */
export function showStatistic({ show }: RunField, value: number): string {
  const text = show(value);
  const counted = text === formatCount(value) && !Number.isInteger(value) && Math.abs(value) < 1000;
  return counted ? value.toFixed(1) : text;
}

/** Groups by the mean of a field; those without come last. */
export function orderGroups(groups: readonly RunGroup[], field: RunField, descending: boolean): RunGroup[] {
  const keyed = groups.map((group) => ({ group, mean: statisticsOf(group.runs, field)?.mean ?? null }));
  keyed.sort((a, b) => {
    if (a.mean === null || b.mean === null) return Number(a.mean === null) - Number(b.mean === null);
    return (descending ? -1 : 1) * (a.mean - b.mean);
  });
  return keyed.map(({ group }) => group);
}

/** In the order of the list; each has a heading. */
export const SECTIONS = ['Usual', 'More', 'Settings of layers'] as const;

export interface Grouping {
  field: RunField;
  /** How many groups it makes. */
  groups: number;
  section: (typeof SECTIONS)[number];
}

/** Grouping by what nearly every run has its own of says nothing. */
const UNFIT = new Set(['name', 'id', 'notes', 'created', 'started', 'ended', 'age', 'duration', 'archived']);

/** What runs are most often held against one another by, in this order. */
const USUAL = [
  'model',
  'model.cell',
  'data',
  'training.seed',
  'training.optimizer.name',
  'training.optimizer.learning_rate',
  'training.batch_size',
  'model.units',
];

/**
 * What the runs can be grouped by: the usual, where it differs among them but not from each to each; then the rest and at last
 * what single layers have, each by name, what gathers runs first.
 * @param count how many values a setting has in the workspace
 */
export function groupings(
  fields: ReturnType<RunFields['groups']>,
  runs: readonly RunRow[],
  count: (setting: string) => number,
): Grouping[] {
  const valuesIn = ({ of }: RunField) => new Set(runs.map((run) => String(of(run)))).size;
  const gathers = (groups: number) => groups > 1 && groups < runs.length;
  const sectionOf = ({ name }: RunField, groups: number): Grouping['section'] => {
    if (name.startsWith('layers.')) return 'Settings of layers';
    return USUAL.includes(name) && gathers(groups) ? 'Usual' : 'More';
  };
  const all = fields
    .filter(({ title }) => title !== 'Metrics')
    .flatMap(({ title, fields: own }) =>
      own
        .filter(({ name }) => !UNFIT.has(name))
        .map((field) => ({ field, groups: title === 'Settings' ? count(field.name) : valuesIn(field) }))
        // A setting that is the same in every run makes one group.
        .filter(({ groups }) => title !== 'Settings' || groups > 1)
        .map(({ field, groups }) => ({ field, groups, section: sectionOf(field, groups) })),
    );
  const usualPlace = ({ field, section }: Grouping) => (section === 'Usual' ? USUAL.indexOf(field.name) : 0);
  return all.sort(
    (a, b) =>
      SECTIONS.indexOf(a.section) - SECTIONS.indexOf(b.section) ||
      usualPlace(a) - usualPlace(b) ||
      Number(gathers(b.groups)) - Number(gathers(a.groups)) ||
      a.field.name.localeCompare(b.field.name, 'en'),
  );
}
