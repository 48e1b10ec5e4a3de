/** Long work of any kind: each job has progress events, can be cancelled, and ends in a result or an error value. */
import { randomUUID } from 'node:crypto';
import { toErrorValue, UnrollError, type ErrorValue } from '../shared/errors.ts';
import type { EventBus } from './events.ts';

export type JobState = 'running' | 'done' | 'failed' | 'cancelled';

/** What the work itself sees of its job. */
export interface JobContext {
  signal: AbortSignal;
  /** 0 to 1, or null where the length is unknown, and a few words on what is being done. */
  progress(fraction: number | null, detail: string): void;
}

interface Entry {
  job: string;
  title: string;
  state: JobState;
  abort: AbortController;
  finished: Promise<void>;
}

/** Progress is told at most this often; the end of a job always. */
const PROGRESS_EVERY_MS = 100;
/** Ended jobs kept for `jobs.list`. */
const ENDED_KEPT = 50;

export class Jobs {
  readonly #entries = new Map<string, Entry>();
  readonly #events: EventBus;
  readonly #explain: (error: unknown) => unknown;

  /** @param explain puts errors of the surroundings (the database) into the catalogue's words */
  constructor(events: EventBus, explain: (error: unknown) => unknown) {
    this.#events = events;
    this.#explain = explain;
  }

  /** Starts `work` once the caller has its answer, so that no event of a job comes before its id. */
  start(title: string, work: (context: JobContext) => Promise<unknown>): { job: string } {
    const job = randomUUID();
    const abort = new AbortController();
    const entry: Entry = { job, title, state: 'running', abort, finished: Promise.resolve() };
    this.#entries.set(job, entry);
    entry.finished = new Promise((resolve) => {
      setImmediate(() => void this.#run(entry, work).finally(resolve));
    });
    return { job };
  }

  list(): { job: string; title: string; state: JobState }[] {
    return [...this.#entries.values()].map(({ job, title, state }) => ({ job, title, state }));
  }

  /** Asks a job to end; its `cancelled` event follows when it has. @throws UnrollError `not-found` */
  cancel(job: string): void {
    const entry = this.#entries.get(job);
    if (!entry) throw new UnrollError('not-found', { kind: 'job', name: job });
    entry.abort.abort(new UnrollError('cancelled', { what: entry.title }));
  }

  /** Cancels whatever still runs and waits for its end. */
  async close(): Promise<void> {
    const running = [...this.#entries.values()].filter(({ state }) => state === 'running');
    for (const { job } of running) this.cancel(job);
    await Promise.all(running.map(({ finished }) => finished));
  }

  async #run(entry: Entry, work: (context: JobContext) => Promise<unknown>): Promise<void> {
    const { signal } = entry.abort;
    let toldAt = 0;
    const progress = (fraction: number | null, detail: string) => {
      const now = Date.now();
      if (now - toldAt < PROGRESS_EVERY_MS || signal.aborted) return;
      toldAt = now;
      this.#tell(entry, fraction, detail, null, null);
    };
    try {
      signal.throwIfAborted();
      const result = await work({ signal, progress });
      entry.state = 'done';
      this.#tell(entry, 1, '', result ?? null, null);
    } catch (thrown) {
      const error = toErrorValue(signal.aborted ? signal.reason : this.#explain(thrown));
      entry.state = signal.aborted ? 'cancelled' : 'failed';
      this.#tell(entry, null, '', null, error);
    }
    this.#forgetOldest();
  }

  #tell(
    entry: Entry,
    progress: number | null,
    detail: string,
    result: unknown,
    error: ErrorValue | null,
  ): void {
    const { job, title, state } = entry;
    this.#events.emit('job.changed', { job, title, state, progress, detail, result, error });
  }

  #forgetOldest(): void {
    const ended = [...this.#entries.values()].filter(({ state }) => state !== 'running');
    for (const { job } of ended.slice(0, Math.max(0, ended.length - ENDED_KEPT))) this.#entries.delete(job);
  }
}
