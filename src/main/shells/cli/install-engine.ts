/** `unroll engines install` and `unroll engines remove`: says what will be fetched and from where before it is. */
import { Argument, type Command } from 'commander';
import type { Input, Output } from '../../../shared/contract/index.ts';
import type { Runner } from './runner.ts';
import { finishJob } from './session.ts';

const engine = (): Argument => new Argument('<engine>', 'which one').choices(['tensorflow']);

interface InstallFlags {
  python?: string;
  packages?: string;
  gpu?: boolean;
}

/** @param engines the command `engines` */
export function registerEngineInstallation(engines: Command, { run }: Pick<Runner, 'run'>): void {
  engines
    .command('install')
    .description('fetch an engine that is not part of Unroll, try it, and keep it if it works')
    .addArgument(engine())
    .option(
      '--python <path>',
      'an environment (or its python) whose TensorFlow is used instead of fetching it',
    )
    .option('--packages <dir>', 'a folder that holds the files already, instead of npm and pip')
    .option('--gpu', "the one for NVIDIA's graphics cards, with NVIDIA's libraries (about 5 GB on the disk)")
    .action((name: 'tensorflow', { python, packages, gpu = false }: InstallFlags) =>
      run(async (session) => {
        const { application, terminal } = session;
        const wanted: Input<'engines.install'> = {
          engine: name,
          python: python ?? null,
          packages: packages ?? null,
          gpu,
        };
        for (const line of plan(await application.call('engines.plan', wanted), packages))
          terminal.note(line);
        const installed = await finishJob(session, 'engines.install', wanted);
        terminal.result({ engine: name, ...installed }, () => `Installed: ${installed.detail}.`);
      }),
    );
  engines
    .command('remove')
    .description('remove an engine that was installed')
    .addArgument(engine())
    .action((name: 'tensorflow') =>
      run(async ({ application, terminal }) => {
        await application.call('engines.remove', { engine: name });
        terminal.result({ engine: name, removed: true }, () => `Removed ${name}.`);
      }),
    );
}

function plan({ folder, files, registries }: Output<'engines.plan'>, packages: string | undefined): string[] {
  const place = (client: 'npm' | 'pip'): string =>
    packages ? packages : `${client} (${registries[client] ?? 'not found here'})`;
  return [
    ...files.map(({ client, name, version, bytes }) => {
      const size = bytes === null ? '' : `, ${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
      return `${name} ${version}${size} · from ${place(client)}`;
    }),
    `Each file is checked by its SHA-256. They go to ${folder}.`,
  ];
}
