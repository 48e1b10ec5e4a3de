/** Chromium without a window, and the protocol it is driven by: commands with answers, events by session. */
import { spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';
import { browserCommand } from '../e2e/browser.ts';

/** What the protocol answers and tells, as its documentation says; each use names the members it reads. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the protocol brings no types
type Values = Record<string, any>;

interface Waiting {
  resolve: (values: Values) => void;
  reject: (error: Error) => void;
}

/** The browser itself or one page of it; emits the protocol's events by their names. */
export class Session extends EventEmitter {
  readonly #browser: Devtools;
  readonly id: string | undefined;

  constructor(browser: Devtools, id?: string) {
    super();
    this.#browser = browser;
    this.id = id;
  }

  send(method: string, parameters: Values = {}): Promise<Values> {
    return this.#browser.command(method, parameters, this.id);
  }
}

export class Devtools {
  readonly endpoint: string;
  readonly root: Session;
  readonly #sessions = new Map<string, Session>();
  readonly #waiting = new Map<number, Waiting>();
  readonly #socket: WebSocket;
  #next = 1;

  constructor(endpoint: string, socket: WebSocket) {
    this.endpoint = endpoint;
    this.#socket = socket;
    this.root = new Session(this);
    socket.on('message', (text: Buffer) => this.#take(JSON.parse(text.toString()) as Values));
    this.root.on('Target.attachedToTarget', ({ sessionId }: { sessionId: string }) =>
      this.session(sessionId),
    );
  }

  session(id: string): Session {
    const known = this.#sessions.get(id);
    if (known) return known;
    const session = new Session(this, id);
    this.#sessions.set(id, session);
    return session;
  }

  command(method: string, params: Values, sessionId?: string): Promise<Values> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#socket.send(JSON.stringify({ id, method, params, sessionId }));
    });
  }

  #take(message: Values): void {
    const waiting = this.#waiting.get(message.id as number);
    if (waiting) {
      this.#waiting.delete(message.id as number);
      if (message.error) waiting.reject(new Error(String(message.error.message)));
      else waiting.resolve(message.result as Values);
    } else if (message.method) {
      const session = message.sessionId ? this.session(message.sessionId as string) : this.root;
      session.emit(message.method as string, message.params);
    }
  }
}

/**
 * Starts Chromium with a profile folder of its own. It ends with this process, however that ends: it reads commands from a pipe
 * too, over which none come, and takes the pipe's end for its own.
 */
export async function startChromium(profile: string): Promise<Devtools> {
  const { executablePath, env } = browserCommand();
  const browser = spawn(
    executablePath,
    [
      ...['--headless', '--remote-debugging-port=0', '--remote-debugging-pipe', '--no-first-run'],
      ...[
        `--user-data-dir=${profile}`,
        '--disable-background-networking',
        '--hide-scrollbars',
        '--mute-audio',
      ],
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      'about:blank',
    ],
    { stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } },
  );
  process.once('exit', () => browser.kill('SIGKILL'));
  const endpoint = await new Promise<string>((resolve, reject) => {
    createInterface(browser.stderr!).on('line', (line) => {
      const address = /^DevTools listening on (\S+)/.exec(line)?.[1];
      if (address) resolve(address);
    });
    browser.once('exit', (code) => reject(new Error(`Chromium ended with ${code}.`)));
  });
  const socket = new WebSocket(endpoint, { perMessageDeflate: false, maxPayload: 2 ** 30 });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return new Devtools(endpoint, socket);
}
