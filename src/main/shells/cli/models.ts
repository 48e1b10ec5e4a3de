import type { Command } from 'commander';
import { summaryTable } from '../../../shared/graph/summary.ts';
import { findGraph } from './model-source.ts';
import { compiledWords } from '../../../shared/compiled.ts';
import type { Compiled } from '../../../shared/training.ts';
import type { Runner } from './runner.ts';
import { finishJob } from './session.ts';
import { count, table } from './table.ts';

export function registerModels(runner: Runner): void {
  const models = runner.program.command('models').description('built-in models and your own');
  registerList(models, runner);
  registerShow(models, runner);
  registerSummary(models, runner);
  registerImport(models, runner);
  registerRename(models, runner);
  registerRemove(models, runner);
  registerRestore(models, runner);
}

function registerList(models: Command, { run }: Runner): void {
  models
    .command('list')
    .description('all models with their parameters')
    .action(() =>
      run(async ({ application, terminal }) => {
        const entries = await application.call('models.list', {});
        if (terminal.json) return entries.forEach((entry) => terminal.result(entry, () => ''));
        const rows = entries.map(({ name, title, builtIn, parameters }) => [
          name,
          title,
          builtIn ? 'built in' : 'own',
          parameters === null ? 'invalid' : count(parameters),
        ]);
        terminal.result(null, () => table([['name', 'title', '', 'parameters'], ...rows], [3]));
      }),
    );
}

function registerShow(models: Command, { run }: Runner): void {
  models
    .command('show')
    .description('the model as a file, which `models import` and `train` read')
    .argument('<name>')
    .action((name: string) =>
      run(async ({ application, terminal }) => {
        const entry = await application.call('models.show', { name });
        terminal.result(entry, () => JSON.stringify(entry.graph, null, 2));
      }),
    );
}

function registerSummary(models: Command, { run }: Runner): void {
  models
    .command('summary')
    .description("Keras's table: layers, output shapes, parameters")
    .argument('<name-or-file>')
    .action((nameOrFile: string) =>
      run(async ({ application, terminal }) => {
        const graph = await findGraph(application, nameOrFile);
        terminal.result({ summary: summaryTable(graph) }, () => summaryTable(graph));
      }),
    );
}

function registerImport(models: Command, { run }: Runner): void {
  models
    .command('import')
    .description('a model of Keras (.keras, .h5, JSON), tfjs or Unroll into the workspace, with its weights')
    .argument('<file>', 'the file, or the folder of a tfjs model')
    .option('--name <name>', "the file's own name for it where not given")
    .action((file: string, { name }: { name?: string }) =>
      run(async (session) => {
        const input = name === undefined ? { path: file } : { path: file, name };
        const { model, weights, compiled, notes } = await finishJob(session, 'models.import', input);
        const came = weights === null ? 'without weights' : `with ${count(weights)} weights`;
        const text = [`Imported ${model.name} ${came}.`, ...compiledText(compiled), ...notes].join('\n');
        session.terminal.result({ ...model, weights, compiled, notes }, () => text);
      }),
    );
}

function registerRename(models: Command, { run }: Runner): void {
  models
    .command('rename')
    .description('give a model of your own another name; its revisions and its weights go along')
    .argument('<name>')
    .argument('<new-name>', 'which no other model has')
    .action((name: string, to: string) =>
      run(async ({ application, terminal }) => {
        const renamed = await application.call('models.rename', { name, to });
        terminal.result(renamed, () => `It is ${renamed.name} now.`);
        const runs = await application.call('runs.list', { archived: true });
        const kept = runs.filter(({ model }) => model === name).length;
        if (kept > 0)
          terminal.note(
            `Trained before, and still found by the name ${name}: ${kept} ${kept === 1 ? 'run' : 'runs'}.`,
          );
      }),
    );
}

function registerRemove(models: Command, { run }: Runner): void {
  models
    .command('remove')
    .description('models of your own out of the list; runs keep the model they were trained with')
    .argument('<name...>')
    .action((names: string[]) =>
      run(async ({ application, terminal }) => {
        const entries = [];
        for (const name of names) entries.push(await application.call('models.show', { name }));
        // A built-in one is refused before any other is gone.
        for (const { name } of entries.toSorted(
          (one, other) => Number(other.builtIn) - Number(one.builtIn),
        )) {
          await application.call('models.remove', { name });
          terminal.result({ removed: name }, () => `Removed ${name}.`);
        }
        const what = names.length === 1 ? 'It' : 'They';
        terminal.note(
          `${what} can be brought back with: unroll models restore ${names.map(quoted).join(' ')}`,
        );
      }),
    );
}

/** A name as a shell takes it. */
const quoted = (name: string): string =>
  /^[\w.-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;

function registerRestore(models: Command, { run }: Runner): void {
  models
    .command('restore')
    .description('undo a removal')
    .argument('<name...>', 'the names they had')
    .action((names: string[]) =>
      run(async ({ application, terminal }) => {
        for (const name of names) {
          await application.call('models.restore', { name });
          terminal.result({ restored: name }, () => `Restored ${name}.`);
        }
      }),
    );
}

/** `Compiled with adam, learning rate 0.01, after 12 updates; training goes on from there.` */
function compiledText(compiled: Compiled | null): string[] {
  if (!compiled) return [];
  return [
    `Compiled with ${compiledWords(compiled)}${compiled.iterations > 0 ? '; training goes on from there' : ''}.`,
  ];
}
