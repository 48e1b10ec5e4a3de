/**
 * A training child as main sees it: a real Node process that takes jobs and sends messages (shared/protocol.ts).
 * It can crash, run out of memory or be killed; how it ended is told once, after its last message.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { UnrollError } from '../../shared/errors.ts';
import type { FromChild, ToChild } from '../../shared/protocol.ts';
import { enginesFolder } from '../engine-installation/place.ts';
import { runsFromSources, unpackedPath } from '../package-root.ts';

export interface ChildEnd {
  /** `interrupted`: somebody killed it. `failed`: it crashed or ran out of memory by itself. */
  status: 'interrupted' | 'failed';
  error: UnrollError;
}

export interface ChildOptions {
  /** The Node to run it on; by default the one that runs this process. */
  nodePath?: string | undefined;
  onMessage(message: FromChild): void;
  /** Called once when the process has ended unasked and its last message was delivered. */
  onUnexpectedEnd(end: ChildEnd): void;
}

const KILL_SIGNALS: readonly (NodeJS.Signals | null)[] = [
  'SIGKILL',
  'SIGTERM',
  'SIGINT',
  'SIGHUP',
  'SIGQUIT',
];
const OUT_OF_MEMORY = /heap out of memory|allocation failed|out of memory/i;
/** How much of the end of its standard error is kept to explain a crash. */
const STDERR_KEPT = 4000;

export class TrainingChild {
  readonly #process: ChildProcess;
  readonly #options: ChildOptions;
  #stderr = '';
  #ended = false;
  #endAsked = false;
  /** Resolves when the process is gone. */
  readonly exited: Promise<void>;

  constructor(options: ChildOptions) {
    this.#options = options;
    const entry = runsFromSources ? ['src', 'training', 'child.ts'] : ['dist', 'training', 'child.js'];
    this.#process = fork(unpackedPath(...entry), [], {
      execPath: options.nodePath ?? process.execPath,
      execArgv: [],
      env: { ...process.env, UNROLL_ENGINES: enginesFolder() },
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      // In a group of its own, so that Ctrl+C in a terminal reaches main alone, which then has the child save its state.
      detached: process.platform !== 'win32',
    });
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_KEPT);
    });
    this.#process.on('message', (message) => options.onMessage(message as FromChild));
    this.exited = this.#awaitEnd();
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  send(message: ToChild): void {
    if (this.#process.connected) this.#process.send(message, () => undefined);
  }

  /** Ends the process at once and resolves when it is gone. What it had not sent is lost. */
  async end(): Promise<void> {
    this.#endAsked = true;
    if (!this.#ended) this.#process.kill('SIGKILL');
    await this.exited;
  }

  #awaitEnd(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const settle = (reason: string, signal: NodeJS.Signals | null) => {
      if (this.#ended) return;
      this.#ended = true;
      if (!this.#endAsked) this.#options.onUnexpectedEnd(this.#explain(reason, signal));
      resolve();
    };
    this.#process.once('error', (error) => settle(error.message, null));
    // `close` and not `exit`: its standard error, which may explain the end, is then read to its end.
    this.#process.once('close', (code, signal) => {
      const reason = signal ? `signal ${signal}` : `exit code ${String(code)}`;
      // It may overtake messages still in the channel; `disconnect` comes after the last of them.
      if (this.#process.connected) this.#process.once('disconnect', () => settle(reason, signal));
      else setImmediate(() => settle(reason, signal));
    });
    return promise;
  }

  #explain(reason: string, signal: NodeJS.Signals | null): ChildEnd {
    if (OUT_OF_MEMORY.test(this.#stderr)) {
      return { status: 'failed', error: new UnrollError('out-of-memory', { reason }) };
    }
    const lastLine = /^\w*Error\b.*$/m.exec(this.#stderr)?.[0];
    const error = new UnrollError('training-child-died', {
      reason: lastLine ? `${reason}: ${lastLine}` : reason,
    });
    return { status: KILL_SIGNALS.includes(signal) ? 'interrupted' : 'failed', error };
  }
}
