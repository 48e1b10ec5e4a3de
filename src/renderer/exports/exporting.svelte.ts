/** One export as the dialog shows it: asked for, under way, done or failed. */
import type { Input, JobResult } from '../../shared/contract/index.ts';
import { UnrollError } from '../../shared/errors.ts';
import { client } from '../client/client.ts';
import { jobs } from '../state/jobs.svelte.ts';
import { settings } from '../state/settings.svelte.ts';

const FOLDER = 'export.folder';

export class Exporting {
  #job = $state.raw<string | null>(null);
  result = $state.raw<JobResult<'runs.export'> | null>(null);
  error = $state.raw<unknown>(null);
  /** Whether the last one was cancelled; it has left nothing behind. */
  cancelled = $state(false);
  readonly state = $derived(this.#job === null ? undefined : jobs.get(this.#job));
  /** Whether the last one was refused since a file of that name is there. */
  readonly taken = $derived(this.error instanceof UnrollError && this.error.code === 'file-exists');
  readonly running = $derived(this.#job !== null);

  /** The folder used last, or the one downloads go to. */
  async folder(): Promise<string> {
    const used = settings.get(FOLDER);
    return typeof used === 'string' ? used : (await client.call('exports.folder', {})).folder;
  }

  async run(input: Input<'runs.export'>, folder: string): Promise<void> {
    this.clear();
    try {
      this.result = await jobs.run('runs.export', input, (job) => (this.#job = job));
      await settings.set(FOLDER, folder);
    } catch (error) {
      this.cancelled = error instanceof UnrollError && error.code === 'cancelled';
      if (!this.cancelled) this.error = error;
    } finally {
      this.#job = null;
    }
  }

  async cancel(): Promise<void> {
    if (this.#job !== null) await jobs.cancel(this.#job);
  }

  /** As it was before anything was asked. */
  clear(): void {
    this.result = null;
    this.error = null;
    this.cancelled = false;
  }
}
