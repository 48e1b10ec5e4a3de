import { registerEngineInstallation } from './install-engine.ts';
import type { Runner } from './runner.ts';
import { table } from './table.ts';

export function registerEngines({ program, run }: Runner): void {
  const engines = program
    .command('engines')
    .description('what was found, what is in use, why not')
    .action(() =>
      run(async ({ application, terminal }) => {
        const all = await application.call('engines.list', {});
        if (terminal.json) return all.forEach((engine) => terminal.result(engine, () => ''));
        const state = (available: boolean, inUse: boolean) =>
          inUse ? 'in use' : available ? 'available' : 'not here';
        const rows = all.map(({ name, available, inUse, detail }) => [name, state(available, inUse), detail]);
        terminal.result(null, () => table(rows));
      }),
    );
  registerEngineInstallation(engines, { run });
}
