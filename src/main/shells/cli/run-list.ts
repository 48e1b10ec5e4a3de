/** The list of runs: filtered, ordered and with columns by the names that the screen's filter and columns have. */
import type { Command } from 'commander';
import type { Run } from '../../../shared/contract/runs.ts';
import { UnrollError } from '../../../shared/errors.ts';
import { divergenceOf } from '../../../shared/history/divergence.ts';
import { RunFields, type RunField } from '../../../shared/history/fields.ts';
import { compileFilter, unknownInFilter } from '../../../shared/history/filter.ts';
import { descendsFirst, orderRuns } from '../../../shared/history/order.ts';
import { changedRow, storedRows, type RunRow } from '../../../shared/history/rows.ts';
import { settingKinds, SettingsTable } from '../../../shared/history/settings.ts';
import { formatMoment } from '../../../shared/moment.ts';
import { nearestName } from '../../../shared/query/fields.ts';
import { whole, type Runner } from './runner.ts';
import type { Session } from './session.ts';
import { count, duration, metric, table } from './table.ts';

interface Options {
  archived: boolean;
  filter?: string;
  sort?: string;
  columns?: string;
  limit?: number;
}

interface Listed {
  run: Run;
  row: RunRow;
}

/** The metric a run is judged by at a glance, at its own best. */
function headline(best: Run['best']): string {
  const name = ['val_acc', 'val_loss', 'loss'].find((candidate) => best[candidate] !== undefined);
  return name === undefined ? '–' : `${name} ${metric(best[name])}`;
}

/** `done`, `failed, diverged`, `done, exploded, archived`. */
function standing(run: Run): string {
  const divergence = divergenceOf(changedRow(run));
  return [run.status, ...(divergence ? [divergence.word] : []), ...(run.archived ? ['archived'] : [])].join(
    ', ',
  );
}

const HEAD = ['id', 'name', 'status', 'model', 'data', 'epochs', 'best', 's/epoch', 'created', 'tags'];
const NUMBERS = ['epochs', 'best', 's/epoch', 'created'];
/** What the list shows of these fields, whatever else it is ordered by. */
const SHOWN = new Set(['id', 'name', 'status', 'model', 'data', 'epochs', 'seconds', 'created', 'tags']);

function cells(run: Run): string[] {
  const { id, name, model, dataset, epochsDone, training, best, secondsPerEpoch } = run;
  return [
    id,
    name,
    standing(run),
    model,
    dataset.name,
    `${epochsDone}/${training.epochs}`,
    headline(best),
    secondsPerEpoch === null ? '–' : duration(secondsPerEpoch),
    formatMoment(run.createdAt),
    run.tags.join(', '),
  ];
}

const show = ({ show: shown, of }: RunField, row: RunRow): string => shown(of(row));

/** The usual columns and what it is ordered by, or those asked for. */
function listText(listed: readonly Listed[], columns: readonly RunField[] | null, order: RunField | null) {
  const fields = columns ?? (order === null || SHOWN.has(order.name) ? [] : [order]);
  const usual = columns === null;
  const head = [...(usual ? HEAD : []), ...fields.map(({ name }) => name)];
  const numbers = new Set([
    ...(usual ? NUMBERS : []),
    ...fields.filter(({ kind }) => kind === 'number' || kind === 'moment').map(({ name }) => name),
  ]);
  const lines = listed.map(({ run, row }) => [
    ...(usual ? cells(run) : []),
    ...fields.map((field) => show(field, row)),
  ]);
  return table(
    [head, ...lines],
    [...head.keys()].filter((at) => numbers.has(head[at]!)),
  );
}

async function fieldsOf({ application }: Session, rows: readonly RunRow[]): Promise<RunFields> {
  const settings = new SettingsTable(await application.call('runs.settings', {}));
  return new RunFields(rows[0]?.allMetrics ?? [], {
    paths: settingKinds(settings),
    value: (run: string, path: string) => settings.value(run, path),
  });
}

/** The column of a name. @throws UnrollError `input-invalid` with the name that may be meant */
function fieldNamed(name: string, fields: RunFields, what: string): RunField {
  const found = fields.find(name);
  const measured = /^\w+\((.+)\)$/.exec(name)?.[1];
  if (found !== undefined && (measured === undefined || fields.metrics.includes(measured))) return found;
  const names = [...fields.source.fieldNames(), ...fields.metrics.map((one) => `best(${one})`)];
  const meant = fields.metrics.includes(name) ? `best(${name})` : nearestName(name, names);
  const hint = meant === null ? 'Columns are named as in a filter: best(val_acc).' : `Did you mean ${meant}?`;
  throw new UnrollError('input-invalid', { what, reason: `there is no column ${name}. ${hint}` });
}

/** `best(val_acc):asc`; without a direction the best come first, or what the alphabet has first. */
function orderOf(text: string, fields: RunFields): { field: RunField; descending: boolean } {
  const [, name = '', way] = /^(.*?)(?::(asc|desc))?$/.exec(text.trim())!;
  const field = fieldNamed(name, fields, 'The order');
  return { field, descending: way === undefined ? descendsFirst(field) : way === 'desc' };
}

/** The rows a filter matches, and which of its texts no run has. @throws UnrollError `input-invalid` with the place and a hint where it cannot be read */
function matching(rows: readonly RunRow[], filter: string, fields: RunFields) {
  const test = compileFilter(filter, fields);
  if ('problem' in test) {
    const { from, message, hint } = test.problem;
    throw new UnrollError('input-invalid', {
      what: 'The filter',
      reason: `at character ${from + 1}: ${message} ${hint}`,
    });
  }
  return { found: rows.filter(test.matches), unknown: unknownInFilter(filter, rows, fields) };
}

async function list(session: Session, options: Options): Promise<void> {
  const { application, terminal } = session;
  const { archived, filter = '', sort, columns, limit = Infinity } = options;
  const all = await application.call('runs.list', { archived });
  if (all.length === 0 && !terminal.json) return terminal.note('There are no runs yet. Train a model.');
  const stored = new Map(storedRows(await application.call('runs.table', {})).map((row) => [row.id, row]));
  const byId = new Map(all.map((run) => [run.id, run]));
  const rows = all.flatMap(({ id }) => stored.get(id) ?? []);
  const fields = await fieldsOf(session, rows);
  const order = sort === undefined ? null : orderOf(sort, fields);
  const chosen =
    columns?.split(',').map((name) => fieldNamed(name.trim(), fields, 'The choice of columns')) ?? null;
  const { found, unknown } = matching(rows, filter, fields);
  const ordered = order === null ? found : orderRuns(found, order.field, order.descending);
  const listed = ordered.slice(0, limit).map((row) => ({ row, run: byId.get(row.id)! }));
  if (terminal.json) return listed.forEach(({ run }) => terminal.result(run, () => ''));
  if (found.length === 0)
    return terminal.note(`None of ${count(all.length)} runs matches. ${unknown ?? ''}`.trimEnd());
  terminal.result(null, () => listText(listed, chosen, order?.field ?? null));
  if (listed.length < found.length)
    terminal.note(`${count(listed.length)} of ${count(found.length)} runs shown.`);
}

export function registerList(runs: Command, { run }: Runner): void {
  runs
    .command('list')
    .description('all runs, newest first')
    .option('--archived', 'archived runs too', false)
    .option('--filter <query>', 'only those that match: \'model.cell = "lstm" and best(val_acc) > 0.85\'')
    .option(
      '--sort <column>',
      'created, best(val_acc), training.seed:asc: any name a filter takes; the best first without :asc or :desc',
    )
    .option('--columns <names>', 'these in place of the usual ones: "name,best(val_acc),learning_rate"')
    .option('--limit <n>', 'only the first so many', whole(1))
    .action((options: Options) => run((session) => list(session, options)));
}
