/** A real browser and a real `unroll serve` on a fresh workspace, for the tests that go through the interface. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium, type Browser } from 'playwright-core';
import { chromiumPart } from '../chromium-part.ts';

const root = join(import.meta.dirname, '../..');

const INSTALLED = {
  linux: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'],
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: ['ProgramFiles', 'ProgramFiles(x86)', 'LocalAppData'].flatMap((variable) => [
    join(process.env[variable] ?? '', 'Google/Chrome/Application/chrome.exe'),
    join(process.env[variable] ?? '', 'Microsoft/Edge/Application/msedge.exe'),
  ]),
} as const;

function installedBrowser(): string | null {
  const wanted = process.env.UNROLL_TEST_BROWSER;
  if (wanted) return wanted;
  const places = process.platform === 'linux' ? (process.env.PATH ?? '').split(':') : [''];
  const names = INSTALLED[process.platform as keyof typeof INSTALLED] ?? [];
  const paths = names.flatMap((name) => places.map((place) => join(place, name)));
  return paths.find((path) => existsSync(path)) ?? null;
}

/** A bare machine may lack libraries and fonts that Chromium needs; the package brings both. */
function missingParts(executable: string): Record<string, string> {
  const parts: Record<string, string> = {};
  const libraries = spawnSync('ldd', [executable], { encoding: 'utf8' }).stdout;
  if (libraries.includes('not found')) parts.LD_LIBRARY_PATH = join(executable, '../al2023/lib');
  if (!existsSync('/etc/fonts')) parts.FONTCONFIG_PATH = join(executable, '../fonts');
  return parts;
}

/** Chromium's executable, and what it needs in its environment. */
export function browserCommand(): { executablePath: string; env: Record<string, string> } {
  const installed = installedBrowser();
  if (installed) return { executablePath: installed, env: {} };
  const executablePath = join(chromiumPart('chromium'), 'chromium');
  return { executablePath, env: missingParts(executablePath) };
}

export async function launchBrowser(...flags: string[]): Promise<Browser> {
  const { executablePath, env } = browserCommand();
  return chromium.launch({
    executablePath,
    env: { ...process.env, ...env } as Record<string, string>,
    headless: true,
    args: [
      '--disable-background-networking',
      '--no-first-run',
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ...flags,
    ],
  });
}

export interface Served {
  /** The page with its token. */
  address: string;
  workspace: string;
  /** Runs a command of the command line on the same workspace; answers with its standard output. */
  unroll(...commandLine: string[]): string;
  stop(): Promise<void>;
}

/** Starts `unroll serve` as users do, in a process of its own, on a fresh workspace (or the one given, then kept). */
export async function startServe(given?: string, port?: string): Promise<Served> {
  const workspace = given ?? mkdtempSync(join(tmpdir(), 'unroll-test-'));
  const entry = join(root, 'build/unroll.ts');
  const at = port === undefined ? [] : ['--port', port];
  const server = spawn(process.execPath, [entry, '--workspace', workspace, '--json', 'serve', ...at], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const address = await new Promise<string>((resolve, reject) => {
    createInterface(server.stdout).once('line', (line) =>
      resolve((JSON.parse(line) as { address: string }).address),
    );
    server.once('exit', (code) => reject(new Error(`unroll serve ended with ${code}`)));
  });
  return {
    address,
    workspace,
    unroll: (...commandLine) =>
      execFileSync(process.execPath, [entry, '--workspace', workspace, ...commandLine], {
        cwd: root,
        encoding: 'utf8',
      }),
    async stop() {
      server.kill('SIGTERM');
      await exited;
      if (!given) rmSync(workspace, { recursive: true, force: true });
    },
  };
}
