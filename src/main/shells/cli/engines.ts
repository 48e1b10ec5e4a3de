import { formatCount } from '../../../shared/format.ts';
import { registerEngineInstallation } from './install-engine.ts';
import type { Runner } from './runner.ts';
import { finishJob, type Session } from './session.ts';
import { table } from './table.ts';

async function benchmark(session: Session, model: string): Promise<void> {
  const { terminal } = session;
  const measured = await finishJob(session, 'engines.benchmark', { model });
  if (terminal.json) return measured.forEach((engine) => terminal.result(engine, () => ''));
  const rows = measured.map(({ name, examplesPerSecond: speed, detail }) => [
    name,
    speed === null ? 'not here' : `${speed < 100 ? speed.toPrecision(3) : formatCount(speed)} examples/s`,
    detail,
  ]);
  terminal.result(null, () => table(rows));
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
        const state = (available: boolean, inUse: boolean) =>
          inUse ? 'in use' : available ? 'available' : 'not here';
        const rows = all.map(({ name, available, inUse, detail }) => [name, state(available, inUse), detail]);
        terminal.result(null, () => table(rows));
      }),
    );
  registerEngineInstallation(engines, { run });
}
