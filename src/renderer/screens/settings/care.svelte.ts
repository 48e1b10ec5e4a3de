/** Care for the workspace: copies of it, whether it is whole, and putting it right. One thing at a time. */
import type { Input, JobMethodName, JobResult } from '../../../shared/contract/index.ts';
import type { Backup, CheckProblem, Repair } from '../../../shared/contract/workspace.ts';
import { toErrorValue, type ErrorValue } from '../../../shared/errors.ts';
import { client } from '../../client/client.ts';
import { saveFile } from '../../client/save.ts';
import { jobs } from '../../state/jobs.svelte.ts';
import { notify } from '../../state/notices.ts';

type Kind = 'backup' | 'restore' | 'check' | 'repair';

export class Care {
  backups = $state.raw<readonly Backup[]>([]);
  /** What is being done. */
  doing = $state.raw<Kind | null>(null);
  error = $state.raw<ErrorValue | null>(null);
  /** What the last check found; null before one. */
  problems = $state.raw<readonly CheckProblem[] | null>(null);
  repair = $state.raw<Repair | null>(null);
  /** Where the workspace as it was before a restore lies; the page is then out of date. */
  restoredOver = $state.raw<string | null>(null);
  #job = $state<string | null>(null);
  readonly progress = $derived(this.#job === null ? null : (jobs.get(this.#job)?.progress ?? null));

  async load(): Promise<void> {
    await this.#attempt(async () => (this.backups = await client.call('workspace.backups', {})));
  }

  /** @param path where to; by default the workspace's own folder for backups */
  async backUp(path?: string): Promise<void> {
    const done = await this.#run('backup', 'workspace.backup', path === undefined ? {} : { path });
    if (!done) return;
    notify(`Backed up to ${done.path}`);
    await this.load();
  }

  async restore(path: string): Promise<void> {
    const done = await this.#run('restore', 'workspace.restore', { path });
    if (done) this.restoredOver = done.before;
  }

  async check(): Promise<void> {
    this.repair = null;
    const done = await this.#run('check', 'workspace.check', {});
    if (done) this.problems = done.problems;
  }

  async putRight(): Promise<void> {
    const done = await this.#run('repair', 'workspace.repair', {});
    if (!done) return;
    this.repair = done;
    this.problems = done.left;
  }

  async cancel(): Promise<void> {
    if (this.#job !== null) await jobs.cancel(this.#job);
  }

  async saveReport(): Promise<void> {
    await this.#attempt(async () => {
      const { name, text } = await client.call('workspace.report', {});
      saveFile(name.replace(/\.txt$/, ''), 'txt', new Blob([text], { type: 'text/plain' }));
    });
  }

  async #run<M extends JobMethodName>(kind: Kind, method: M, input: Input<M>): Promise<JobResult<M> | null> {
    if (this.doing !== null) return null;
    this.doing = kind;
    const result = await this.#attempt(() => jobs.run(method, input, (job) => (this.#job = job)));
    this.doing = null;
    this.#job = null;
    return result;
  }

  async #attempt<T>(work: () => Promise<T>): Promise<T | null> {
    this.error = null;
    try {
      return await work();
    } catch (reason) {
      const error = toErrorValue(reason);
      if (error.code !== 'cancelled') this.error = error;
      return null;
    }
  }
}

export const care = new Care();

// Everything a page shows is of the workspace as it was. Where the exchange was asked for here, its result is told first.
client.on('workspace.replaced', () => {
  if (care.doing === null) location.reload();
});
