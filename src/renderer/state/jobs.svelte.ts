/** Long work in main: its progress, its end and how to cancel it. */
import type { EventPayload, Input, JobMethodName, JobResult } from '../../shared/contract/index.ts';
import type { ErrorCode } from '../../shared/errors.ts';
import { UnrollError } from '../../shared/errors.ts';
import { client } from '../client/client.ts';
import { whenConnected } from './connection.svelte.ts';

export type JobState = EventPayload<'job.changed'>;

interface Waiting {
  resolve: (result: unknown) => void;
  reject: (error: unknown) => void;
}

class Jobs {
  #byId = $state.raw<ReadonlyMap<string, JobState>>(new Map());
  readonly #waiting = new Map<string, Waiting>();
  readonly running = $derived([...this.#byId.values()].filter((job) => job.state === 'running'));

  constructor() {
    client.on('job.changed', (job) => this.#take(job));
    whenConnected(async () => {
      for (const job of await client.call('jobs.list', {})) {
        if (!this.#byId.has(job.job) || job.state !== 'running')
          this.#take({ ...job, progress: null, detail: '', result: undefined, error: null });
      }
    });
  }

  get(job: string): JobState | undefined {
    return this.#byId.get(job);
  }

  /**
   * Starts a job and waits for its result. `started` hears the job's id at once, for progress (`jobs.get(id)`) and
   * cancelling. Rejects with the job's error; one cancelled by the user rejects with `cancelled`.
   */
  async run<M extends JobMethodName>(
    method: M,
    input: Input<M>,
    started?: (job: string) => void,
  ): Promise<JobResult<M>> {
    const { job } = (await client.call(method, input)) as { job: string };
    started?.(job);
    return (await this.result(job)) as JobResult<M>;
  }

  /** The result of a job that was started elsewhere. */
  result(job: string): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#waiting.set(job, { resolve, reject });
      const known = this.#byId.get(job);
      if (known !== undefined) this.#settle(known);
    });
  }

  async cancel(job: string): Promise<void> {
    await client.call('jobs.cancel', { job });
  }

  #take(job: JobState): void {
    this.#byId = new Map(this.#byId).set(job.job, job);
    this.#settle(job);
  }

  #settle(job: JobState): void {
    const waiting = this.#waiting.get(job.job);
    if (waiting === undefined || job.state === 'running') return;
    this.#waiting.delete(job.job);
    if (job.state === 'done') waiting.resolve(job.result);
    else if (job.error !== null)
      waiting.reject(UnrollError.fromValue({ ...job.error, code: job.error.code as ErrorCode }));
    else waiting.reject(new UnrollError('cancelled', { what: job.title }));
  }
}

export const jobs = new Jobs();
