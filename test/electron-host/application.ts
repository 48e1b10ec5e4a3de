/** `app`: its life from the first instance's lock to its end, in Electron's order of events. */
import { EventEmitter } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { browserReady, downloads, home, openChromium } from './chromium.ts';
import { BrowserWindow, contentsCreated } from './window.ts';

const root = join(import.meta.dirname, '../..');
const FOLDERS: Readonly<Record<string, string>> = { downloads };

class App extends EventEmitter {
  readonly isPackaged = false;
  /** What was asked of the desktop, in order. */
  readonly asked: { what: string; values: unknown[] }[] = [];
  readonly commandLine = { appendSwitch: (...values: string[]): void => this.#note('switch', values) };
  readonly #ready: Promise<void>;
  #isReady = false;
  #quitting = false;
  name = 'unroll';

  constructor() {
    super();
    contentsCreated.on('web-contents-created', (...values) => this.emit('web-contents-created', ...values));
    contentsCreated.on('all-closed', () => this.#allClosed());
    // A window made in the same turn as `app` is one made too early.
    this.#ready = new Promise((resolve) => setImmediate(resolve)).then(openChromium).then(() => {
      this.#isReady = true;
      this.emit('ready', {}, {});
    });
    this.#ready.catch((error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      this.exit(1);
    });
  }

  #note(what: string, values: unknown[]): void {
    this.asked.push({ what, values });
  }

  whenReady = (): Promise<void> => this.#ready;
  isReady = (): boolean => this.#isReady;
  enableSandbox(): void {
    if (this.#isReady) throw new Error('app.enableSandbox() can only be called before app is ready');
    this.#note('sandbox', []);
  }
  getName = (): string => this.name;
  setName = (name: string): void => void (this.name = name);
  getLocale = (): string => 'en-GB';
  getAppPath = (): string => root;
  getVersion(): string {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    return version;
  }
  getPath(name: string): string {
    const path = FOLDERS[name] ?? join(home, name);
    mkdirSync(path, { recursive: true });
    return path;
  }
  addRecentDocument = (path: string): void => this.#note('recent', [path]);
  clearRecentDocuments = (): void => this.#note('recent-cleared', []);
  setAppUserModelId = (id: string): void => this.#note('model-id', [id]);
  setAboutPanelOptions = (options: object): void => this.#note('about', [options]);
  showAboutPanel = (): void => this.#note('about-shown', []);
  setBadgeCount(count: number): boolean {
    this.#note('badge', [count]);
    return true;
  }
  focus(): void {
    BrowserWindow.getAllWindows()[0]?.focus();
  }

  /** The first process with a user's folder listens in it; another one tells it its arguments and has to go. */
  requestSingleInstanceLock(): boolean {
    const place = join(home, 'instance.sock');
    if (existsSync(place)) {
      const socket = connect(place, () => socket.end(JSON.stringify([process.argv, process.cwd()])));
      // Nobody answers: the place was left behind.
      socket.on('error', () => undefined);
      return false;
    }
    const server = createServer((socket) => {
      let text = '';
      socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      socket.on('end', () => this.emit('second-instance', {}, ...(JSON.parse(text) as unknown[]), {}));
    });
    server.listen(place).unref();
    process.once('exit', () => rmSync(place, { force: true }));
    return true;
  }

  #prevented(event: string): boolean {
    let prevented = false;
    this.emit(event, { preventDefault: () => (prevented = true) }, 0);
    return prevented;
  }

  #allClosed(): void {
    if (this.#quitting) this.#end();
    else if (this.listenerCount('window-all-closed') > 0) this.emit('window-all-closed');
    else this.quit();
  }

  #end(): void {
    if (this.#prevented('will-quit')) this.#quitting = false;
    else this.exit(0);
  }

  quit(): void {
    if (this.#prevented('before-quit')) return;
    this.#quitting = true;
    const windows = BrowserWindow.getAllWindows();
    for (const window of windows) window.close();
    if (windows.length === 0) this.#end();
    else if (BrowserWindow.getAllWindows().length > 0) this.#quitting = false;
  }

  exit(code = 0): void {
    this.emit('quit', {}, code);
    void browserReady()?.root.send('Browser.close');
    setImmediate(() => process.exit(code));
  }
}

export const app = new App();
