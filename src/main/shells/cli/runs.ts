import type { Command } from 'commander';
import type { Run } from '../../../shared/contract/runs.ts';
import { divergenceOf } from '../../../shared/history/divergence.ts';
import { changedRow } from '../../../shared/history/rows.ts';
import { formatSetting } from '../../../shared/format.ts';
import { registerLabels } from './run-labels.ts';
import { registerList } from './run-list.ts';
import type { Runner } from './runner.ts';
import { finishJob } from './session.ts';
import { count, metric, table } from './table.ts';

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
  const { name, id, status, model, parameters, dataset, preprocessing, training, parent, error } = run;
  const settings = { ...preprocessing, ...training };
  const divergence = divergenceOf(changedRow(run));
  return table([
    ['run', `${name} (${id})`],
    ['status', error ? `${status}: ${error.message}` : status],
    ...(divergence === null || error ? [] : [[divergence.word, divergence.meaning]]),
    ['model', `${model}, ${count(parameters)} parameters`],
    ['data', dataset.name],
    ...(parent
      ? [['continues', `${parent.name} from its ${parent.checkpoint} checkpoint, epoch ${parent.epoch}`]]
      : []),
    ['engine', run.engineDetail ? `${run.engine}: ${run.engineDetail}` : run.engine],
    ...(run.machine['engines'] ? [['engines', run.machine['engines']]] : []),
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
