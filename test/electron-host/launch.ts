/**
 * The desktop app, started for a test: in the real Electron where its binary is there, else in the host. Both give a page of
 * Playwright's for the window and run a test's functions in the main process.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as Electron from 'electron';
import { _electron, chromium, type Page } from 'playwright-core';
import { toChromium } from './session.ts';

const root = join(import.meta.dirname, '../..');
const START_MS = 60_000;

type InMain<V, R> = (electron: typeof Electron, value: V) => R | Promise<R>;

export interface Desktop {
  /** The first window's page. */
  page: Page;
  /** Runs a function in the main process. It is sent as text, so it may use only its arguments. */
  evaluate<V = undefined, R = unknown>(run: InMain<V, R>, value?: V): Promise<R>;
  /** The exit code, when it has ended by itself. */
  ended: Promise<number | null>;
  close(): Promise<void>;
}

/** Electron's executable where it was downloaded, or where UNROLL_TEST_ELECTRON says it is. */
function electronBinary(): string | null {
  const named = process.env.UNROLL_TEST_ELECTRON;
  if (named) return named;
  const folder = join(root, 'node_modules/electron');
  const pathFile = join(folder, 'path.txt');
  if (!existsSync(pathFile)) return null;
  const binary = join(folder, 'dist', readFileSync(pathFile, 'utf8').trim());
  return existsSync(binary) ? binary : null;
}

export const electron = electronBinary();

/** A user's folders, for one or several starts. */
export function temporaryHome(): { home: string; remove(): void } {
  const home = mkdtempSync(join(tmpdir(), 'unroll-desktop-'));
  mkdirSync(join(home, 'downloads'));
  return { home, remove: () => rmSync(home, { recursive: true, force: true, maxRetries: 5 }) };
}

function environment(home: string): Record<string, string> {
  const ours = { UNROLL_WORKSPACE: join(home, 'workspace'), UNROLL_NODE: process.execPath };
  return { ...(process.env as Record<string, string>), ...ours, UNROLL_HOST_HOME: home };
}

/** Of a package, its Node is named by nobody: it has to be found. */
function packagedEnvironment(home: string, resources: string): Record<string, string> {
  const { UNROLL_NODE: _, ...others } = environment(home);
  return { ...others, UNROLL_HOST_RESOURCES: resources };
}

async function launchElectron(executablePath: string, home: string): Promise<Desktop> {
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const args = [root, `--user-data-dir=${join(home, 'profile')}`, ...sandbox];
  const app = await _electron.launch({ executablePath, args, env: environment(home), timeout: START_MS });
  const ended = new Promise<number | null>((resolve) => app.process().once('exit', resolve));
  return {
    page: await app.firstWindow(),
    evaluate: (run, value) => app.evaluate(run as never, value) as never,
    ended,
    close: () => app.close(),
  };
}

interface Start {
  files?: readonly string[];
  /** A package's resources, its asar unpacked to a folder of the same name, which is what the asar is to Electron. */
  resources?: string;
}

function startHost(home: string, { files = [], resources }: Start = {}): ChildProcess {
  const application = resources === undefined ? root : join(resources, 'app.asar');
  return fork(join(application, 'dist/electron/main.js'), files, {
    cwd: application,
    env: resources === undefined ? environment(home) : packagedEnvironment(home, resources),
    execArgv: ['--import', new URL('./register.ts', import.meta.url).href],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

/** The host's answers, each to the question of its number. */
function evaluator(host: ChildProcess): Desktop['evaluate'] {
  let next = 1;
  return (run, value) =>
    new Promise((resolve, reject) => {
      const id = next++;
      const take = (answer: { id?: number; result?: unknown; error?: string }) => {
        if (answer.id !== id) return;
        host.off('message', take);
        if (answer.error === undefined) resolve(answer.result as never);
        else reject(new Error(answer.error));
      };
      host.on('message', take);
      host.send({ id, code: run.toString(), value });
    });
}

async function findPage(endpoint: string): Promise<{ page: Page; leave(): Promise<void> }> {
  const browser = await chromium.connectOverCDP(endpoint);
  const [context] = browser.contexts();
  const isWindow = (page: Page) => page.url().startsWith(toChromium('app://unroll'));
  const page =
    context!.pages().find(isWindow) ??
    (await new Promise<Page>((resolve) => {
      const watch = (page: Page) => page.on('framenavigated', () => isWindow(page) && resolve(page));
      context!.pages().forEach(watch);
      context!.on('page', watch);
    }));
  return { page, leave: () => browser.close() };
}

/** The host, also where the real Electron is: a package's own program may be a stand-in. */
export async function launchHost(home: string, start: Start = {}): Promise<Desktop> {
  const host = startHost(home, start);
  const ended = new Promise<number | null>((resolve) => host.once('exit', resolve));
  const endpoint = await new Promise<string>((resolve, reject) => {
    host.once('message', (message: { endpoint: string }) => resolve(message.endpoint));
    void ended.then((code) => reject(new Error(`The application ended with ${code} before it was ready.`)));
  });
  const { page, leave } = await findPage(endpoint);
  return {
    page,
    evaluate: evaluator(host),
    ended,
    async close() {
      await leave();
      // It ends itself and its Chromium where nobody speaks to it any more.
      if (host.connected) host.disconnect();
      await ended;
    },
  };
}

/** @param home of `temporaryHome` */
export function launchDesktop(home: string): Promise<Desktop> {
  return electron === null ? launchHost(home) : launchElectron(electron, home);
}

/** A second start while the first runs, with files to open; answers with its exit code. */
export async function launchAgain(home: string, ...files: string[]): Promise<number | null> {
  const host = startHost(home, { files });
  return new Promise((resolve) => host.once('exit', resolve));
}
