/** `unroll engines install` and `unroll engines remove`: says what will be fetched and from where before it is. */
import { Argument, type Command } from 'commander';
import type { Input, Output } from '../../../shared/contract/index.ts';
import { decimalSize, sizesOf } from '../../../shared/engine-installation.ts';
import type { Runner } from './runner.ts';
import { finishJob, type Session } from './session.ts';

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
    .action((name: 'tensorflow', { python, packages, gpu = false }: InstallFlags, command: Command) => {
      if (python !== undefined && gpu)
        command.error("error: option '--gpu' cannot be used with option '--python <path>'");
      const install = async (session: Session): Promise<void> => {
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
      };
      return run(install, 'cli', 'Interrupted; clearing away what was fetched. Nothing is installed.');
    });
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

function plan(
  { folder, files, room, registries }: Output<'engines.plan'>,
  packages: string | undefined,
): string[] {
  const place = (client: 'npm' | 'pip'): string =>
    packages ? packages : `${client} (${registries[client] ?? 'not found here'})`;
  return [
    ...files.map(({ client, name, version, bytes }) => {
      return `${name} ${version}, ${decimalSize(bytes)} · from ${place(client)}`;
    }),
    `${sizesOf(files, room)}.`,
    `Each file is checked by its SHA-256. They go to ${folder}.`,
  ];
}
