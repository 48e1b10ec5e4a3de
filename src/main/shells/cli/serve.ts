import { spawn } from 'node:child_process';
import { whole, type Runner } from './runner.ts';

/** Opens an address in the user's browser; where that is not possible the printed address is enough. */
function openInBrowser(address: string): void {
  const commands: Partial<Record<NodeJS.Platform, [string, ...string[]]>> = {
    darwin: ['open'],
    win32: ['cmd', '/c', 'start', ''],
  };
  const [command, ...first] = commands[process.platform] ?? ['xdg-open'];
  spawn(command, [...first, address], { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref();
}

export function registerServe({ program, run }: Runner): void {
  program
    .command('serve')
    .description(
      'the workbench in a browser and predictions over HTTP (POST /predict), on this machine only; ends with Ctrl+C',
    )
    .option('--port <n>', 'any free port where not given', whole(0, 65_535), 0)
    .option('--open', 'open it in the browser', false)
    .action(({ port, open }: { port: number; open: boolean }) =>
      run(async ({ application, terminal, atEnd }) => {
        const { serve } = await import('../serve.ts');
        const { address, token, close } = await serve(application, { port });
        atEnd(close);
        terminal.result({ address, token }, () => `Unroll is at ${address}`);
        terminal.note(`Workspace ${application.workspace}; Ctrl+C ends it.`);
        if (open) openInBrowser(address);
        // Until it is interrupted.
        await new Promise(() => undefined);
      }, 'serve'),
    );
}
