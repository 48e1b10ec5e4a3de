import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { whole, type Runner } from './runner.ts';

/** What opens a file on each system, without a shell in between. */
const OPENERS: Partial<Record<NodeJS.Platform, string>> = { darwin: 'open', win32: 'explorer.exe' };

/**
 * Opens an address in the user's browser; where that is not possible the printed address is enough. Every user of a machine
 * sees what programs are started with, so the browser is started with a file that only its owner can read and that leads on.
 * @returns what removes the file
 */
function openInBrowser(address: string): () => Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'unroll-open-'));
  const file = join(folder, 'unroll.html');
  const page = `<!doctype html><title>Unroll</title><meta http-equiv="refresh" content="0; url=${address}">`;
  writeFileSync(file, page, { mode: 0o600 });
  spawn(OPENERS[process.platform] ?? 'xdg-open', [file], { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref();
  return () => rm(folder, { recursive: true, force: true });
}

export function registerServe({ program, run }: Runner): void {
  program
    .command('serve')
    .description(
      'the workbench in a browser and predictions over HTTP (POST /predict: at most 16 MiB and 10,000 texts at a time), on this machine only; ends with Ctrl+C',
    )
    .option('--port <n>', 'any free port where not given', whole(0, 65_535), 0)
    .option('--host <address>', 'where to listen; without it only this machine gets in')
    .option('--open', 'open it in the browser', false)
    .action(({ port, host, open }: { port: number; host?: string; open: boolean }) =>
      run(
        async ({ application, terminal, atEnd }) => {
          const { serve } = await import('../serve.ts');
          const { address, token, close } = await serve(application, { port, ...(host && { host }) });
          atEnd(close);
          terminal.result({ address, token }, () => `Unroll is at ${address}`);
          terminal.note(`Workspace ${application.workspace}; Ctrl+C ends it.`);
          if (host) terminal.note('What other machines send to it is not encrypted.');
          if (open) atEnd(openInBrowser(address));
          // Until it is interrupted.
          await new Promise(() => undefined);
        },
        'serve',
        'Interrupted; what is being trained is saved.',
      ),
    );
}
