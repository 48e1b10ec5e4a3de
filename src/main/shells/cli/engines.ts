import { Argument, type Command } from 'commander';
import {
  fastestOf,
  formatSpeed,
  reasonSentence,
  speedWords,
  type Measured,
} from '../../../shared/engine-speed.ts';
import { ENGINES, type EngineName } from '../../../shared/training.ts';
import { registerEngineInstallation } from './install-engine.ts';
import type { Runner } from './runner.ts';
import { finishJob, type Session } from './session.ts';
import { table } from './table.ts';

async function benchmark(session: Session, model: string): Promise<void> {
  const { application, terminal } = session;
  const measured = await finishJob(session, 'engines.benchmark', { model });
  if (terminal.json) return measured.forEach((engine) => terminal.result(engine, () => ''));
  const best = fastestOf(measured);
  const rows = measured.map(({ name, examplesPerSecond: speed, detail }) => [
    name,
    speed === null ? 'not here' : formatSpeed(speed),
    speed === null || best?.examplesPerSecond == null
      ? ''
      : name === best.name && speed === best.examplesPerSecond
        ? 'the fastest'
        : `${speedWords(speed, best.examplesPerSecond)} ${best.name}`,
    detail,
  ]);
  terminal.result(null, () => table(rows));
  const used = (await application.call('engines.list', { model })).find(({ inUse }) => inUse);
  if (used) terminal.note(`New runs take ${used.name}. ${reasonSentence(used.why)}`);
  if (best && used && best.name !== used.name) terminal.note(waysToUse(best));
}

function waysToUse({ name, device }: Measured): string {
  const on = device === null ? '' : ` --device ${JSON.stringify(device)}`;
  return `To have new runs take the fastest: unroll engines use ${name}${on} · For one run: unroll train --engine ${name}${on}`;
}

function registerUse(engines: Command, { run }: Pick<Runner, 'run'>): void {
  engines
    .command('use')
    .description('have new runs train on an engine where none is named for them')
    .addArgument(new Argument('<engine>', 'which one; auto is simd').choices(['auto', ...ENGINES]))
    .option(
      '--device <name>',
      'the graphics adapter of webgpu, by part of its name; the first where not given',
    )
    .action((engine: EngineName | 'auto', { device = null }: { device?: string | null }) =>
      run(async ({ application, terminal }) => {
        const all = await application.call('engines.use', { engine, device });
        const used = all.find(({ inUse }) => inUse);
        terminal.result({ engine, device }, () => `New runs take ${used?.name ?? engine}.`);
      }),
    );
}

export function registerEngines({ program, run }: Runner): void {
  const engines = program
    .command('engines')
    .description('what was found, what is in use, why not')
    .option('--benchmark <model>', 'train a model on each for ten seconds, on made-up data')
    .action(({ benchmark: model }: { benchmark?: string }) =>
      run(async (session) => {
        const { application, terminal } = session;
        if (model !== undefined) return benchmark(session, model);
        const all = await application.call('engines.look', {});
        if (terminal.json) return all.forEach((engine) => terminal.result(engine, () => ''));
        const rows = all.map(({ name, available, detail, why }) => [name, available ? detail : '', why]);
        terminal.result(null, () => table(rows));
      }),
    );
  registerUse(engines, { run });
  registerEngineInstallation(engines, { run });
}
