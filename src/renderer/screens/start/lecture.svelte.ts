/** Following the lecture: one job that gets the data and queues both models, then two runs. It outlives the screen. */
import type { Input } from '../../../shared/contract/index.ts';
import { toErrorValue, type ErrorValue } from '../../../shared/errors.ts';
import { client } from '../../client/client.ts';
import { jobs } from '../../state/jobs.svelte.ts';
import { attempt } from '../../state/notices.ts';
import { runs } from '../../state/runs.svelte.ts';

class Lecture {
  job = $state.raw<string | null>(null);
  error = $state.raw<ErrorValue | null>(null);
  /** The two runs, SimpleRNN first, once they are queued. */
  runIds = $state.raw<readonly string[]>([]);
  readonly state = $derived(this.job === null ? undefined : jobs.get(this.job));
  readonly preparing = $derived(this.job !== null && this.runIds.length === 0 && this.error === null);
  readonly runs = $derived(this.runIds.flatMap((id) => runs.find(id) ?? []));

  async follow(input: Input<'lecture.follow'>): Promise<void> {
    this.error = null;
    this.runIds = [];
    try {
      const { job } = await client.call('lecture.follow', input);
      this.job = job;
      this.runIds = runsOf(await jobs.result(job));
      await runs.load();
    } catch (error) {
      const value = toErrorValue(error);
      if (value.code === 'cancelled') this.job = null;
      else this.error = value;
    }
  }

  async cancel(): Promise<void> {
    const { job } = this;
    if (job !== null) await attempt(() => jobs.cancel(job));
  }

  /** Makes room to follow it again. */
  clear(): void {
    this.job = null;
    this.error = null;
    this.runIds = [];
  }
}

/** The job's result names the runs it queued. */
function runsOf(result: unknown): string[] {
  const ids = (result as { runs?: unknown } | null)?.runs;
  return Array.isArray(ids) ? ids.map(String) : [];
}

export const lecture = new Lecture();
