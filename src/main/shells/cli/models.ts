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

/** `Compiled with adam, learning rate 0.01, after 12 updates; training goes on from there.` */
function compiledText(compiled: Compiled | null): string[] {
  if (!compiled) return [];
  return [
    `Compiled with ${compiledWords(compiled)}${compiled.iterations > 0 ? '; training goes on from there' : ''}.`,
  ];
}
