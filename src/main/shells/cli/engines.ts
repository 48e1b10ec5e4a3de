import type { Runner } from './runner.ts';
import { table } from './table.ts';

export function registerEngines({ program, run }: Runner): void {
  program
    .command('engines')
    .description('what was found, what is in use, why not')
    .action(() =>
      run(async ({ application, terminal }) => {
        const engines = await application.call('engines.list', {});
        if (terminal.json) return engines.forEach((engine) => terminal.result(engine, () => ''));
        const state = (available: boolean, inUse: boolean) =>
          inUse ? 'in use' : available ? 'available' : 'not here';
        const rows = engines.map(({ name, available, inUse, detail }) => [
          name,
          state(available, inUse),
          detail,
        ]);
        terminal.result(null, () => table(rows));
      }),
    );
}
