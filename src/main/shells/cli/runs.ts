import type { Command } from 'commander';
import type { Run } from '../../../shared/contract/runs.ts';
import { UnrollError } from '../../../shared/errors.ts';
import { divergenceOf } from '../../../shared/history/divergence.ts';
import { RunFields } from '../../../shared/history/fields.ts';
import { compileFilter, unknownInFilter } from '../../../shared/history/filter.ts';
import { changedRow, storedRows } from '../../../shared/history/rows.ts';
import { settingKinds, SettingsTable } from '../../../shared/history/settings.ts';
import { formatSetting } from '../../../shared/format.ts';
import { registerLabels } from './run-labels.ts';
import type { Runner } from './runner.ts';
import { finishJob, type Session } from './session.ts';
import { count, duration, metric, table } from './table.ts';

export function registerRuns(runner: Runner): void {
  const runs = runner.program
    .command('runs')
    .description('list, look at, name, tag, annotate, archive, remove, restore and import saved runs');
  registerList(runs, runner);
  registerShow(runs, runner);
  registerLabels(runs, runner);
  registerRemove(runs, runner);
  registerRestore(runs, runner);
  registerImport(runs, runner);
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

function row(run: Run): string[] {
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
    run.tags.join(', '),
  ];
}

/** The runs a filter matches, and which of its texts no run has. @throws UnrollError `input-invalid` with the place and a hint where it cannot be read */
async function matching(
  application: Session['application'],
  list: readonly Run[],
  filter: string,
): Promise<{ found: Run[]; unknown: string | null }> {
  const rows = storedRows(await application.call('runs.table', {}));
  const settings = new SettingsTable(await application.call('runs.settings', {}));
  const metrics = rows[0]?.allMetrics ?? [];
  const source = {
    paths: settingKinds(settings),
    value: (run: string, path: string) => settings.value(run, path),
  };
  const fields = new RunFields(metrics, source);
  const test = compileFilter(filter, fields);
  if ('problem' in test) {
    const { from, message, hint } = test.problem;
    throw new UnrollError('input-invalid', {
      what: 'The filter',
      reason: `at character ${from + 1}: ${message} ${hint}`,
    });
  }
  const ids = new Set(rows.filter(test.matches).map(({ id }) => id));
  return { found: list.filter(({ id }) => ids.has(id)), unknown: unknownInFilter(filter, rows, fields) };
}

function registerList(runs: Command, { run }: Runner): void {
  runs
    .command('list')
    .description('all runs, newest first')
    .option('--archived', 'archived runs too', false)
    .option('--filter <query>', 'only those that match: \'model.cell = "lstm" and best(val_acc) > 0.85\'')
    .action(({ archived, filter }: { archived: boolean; filter?: string }) =>
      run(async ({ application, terminal }) => {
        const all = await application.call('runs.list', { archived });
        const { found: list, unknown } =
          filter === undefined ? { found: all, unknown: null } : await matching(application, all, filter);
        if (terminal.json) return list.forEach((one) => terminal.result(one, () => ''));
        if (all.length === 0) return terminal.note('There are no runs yet. Train a model.');
        if (list.length === 0)
          return terminal.note(`None of ${count(all.length)} runs matches. ${unknown ?? ''}`.trimEnd());
        const head = ['id', 'name', 'status', 'model', 'data', 'epochs', 'best', 's/epoch', 'tags'];
        terminal.result(null, () => table([head, ...list.map(row)], [5, 6, 7]));
      }),
    );
}

function metricsText(metrics: Record<string, number>): string {
  return Object.entries(metrics)
    .map(([name, value]) => `${name} ${metric(value)}`)
    .join(', ');
}

/** Each metric's own best with its epoch: `val_acc 0.8642 (4)`. */
function bestText({ best, bestEpochs }: Run): string {
  return Object.entries(best)
    .map(([name, value]) => `${name} ${metric(value)} (${bestEpochs[name]})`)
    .join(', ');
}

/** `rmsprop (learning_rate 0.001, rho 0.9)` for what has settings of its own. */
function settingText(value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return formatSetting(value);
  const { name, ...others } = value as Record<string, unknown>;
  const stated = Object.entries(others).filter(([, setting]) => setting !== null);
  const own = stated.map(([key, setting]) => `${key} ${formatSetting(setting)}`);
  return typeof name === 'string' ? `${name} (${own.join(', ')})` : own.join(', ');
}

export function runText(run: Run): string {
  const { name, id, status, model, parameters, dataset, preprocessing, training, error } = run;
  const settings = { ...preprocessing, ...training };
  const divergence = divergenceOf(changedRow(run));
  return table([
    ['run', `${name} (${id})`],
    ['status', error ? `${status}: ${error.message}` : status],
    ...(divergence === null || error ? [] : [[divergence.word, divergence.meaning]]),
    ['model', `${model}, ${count(parameters)} parameters`],
    ['data', dataset.name],
    ['engine', run.engineDetail ? `${run.engine}: ${run.engineDetail}` : run.engine],
    ['epochs', `${run.epochsDone} of ${training.epochs}`],
    ['last', metricsText(run.last) || '–'],
    ['best', bestText(run) || '–'],
    [
      'best checkpoint',
      run.bestEpoch === null
        ? '–'
        : `epoch ${run.bestEpoch}, by ${training.monitor}: ${metricsText(run.atBestEpoch)}`,
    ],
    ...Object.entries(settings).map(([key, value]) => [key, settingText(value)]),
    ...(run.tags.length > 0 ? [['tags', run.tags.join(', ')]] : []),
    ...(run.notes ? [['notes', run.notes.replaceAll('\n', '\n  ')]] : []),
    ...(run.weightsSha256 ? [['weights', run.weightsSha256]] : []),
  ]);
}

function registerShow(runs: Command, { run }: Runner): void {
  runs
    .command('show')
    .description('its settings, values and what its log warns of')
    .argument('<run>', 'its id or name')
    .action((name: string) =>
      run(async ({ application, terminal }) => {
        const shown = await application.call('runs.show', { run: name });
        const log = await application.call('runs.log', { run: shown.id });
        terminal.result(shown, () => runText(shown));
        for (const { level, message } of log) if (level === 'warn') terminal.note(`Warning: ${message}`);
      }),
    );
}

function registerRemove(runs: Command, { run }: Runner): void {
  runs
    .command('remove')
    .description('out of the list; one that trains is stopped first')
    .argument('<run...>', 'their ids or names')
    .action((names: string[]) =>
      run(async ({ application, terminal }) => {
        const shown = [];
        for (const name of names) shown.push(await application.call('runs.show', { run: name }));
        const ids = shown.map(({ id }) => id);
        await application.call('runs.remove', { runs: ids });
        for (const { id, name } of shown) terminal.result({ removed: name, id }, () => `Removed ${name}.`);
        const what = ids.length === 1 ? 'it' : 'they';
        terminal.note(`For a day ${what} can be brought back with: unroll runs restore ${ids.join(' ')}`);
      }),
    );
}

function registerRestore(runs: Command, { run }: Runner): void {
  runs
    .command('restore')
    .description('undo a removal of the last day')
    .argument('<run...>', 'their ids or the names they had')
    .action((names: string[]) =>
      run(async ({ application, terminal }) => {
        const { runs: ids } = await application.call('runs.restore', { runs: names });
        for (const id of ids) {
          const restored = await application.call('runs.show', { run: id });
          terminal.result(restored, () => `Restored ${restored.name}.`);
        }
      }),
    );
}

function registerImport(runs: Command, { run }: Runner): void {
  runs
    .command('import')
    .description('a run that another Unroll exported with --format run')
    .argument('<file>', 'the .unroll file')
    .option('--name <name>', "the run's own name where not given")
    .action((path: string, { name }: { name?: string }) =>
      run(async (session) => {
        const imported = await finishJob(
          session,
          'runs.import',
          name === undefined ? { path } : { path, name },
        );
        session.terminal.result(imported, () => `Imported the run ${imported.name}.`);
      }),
    );
}
