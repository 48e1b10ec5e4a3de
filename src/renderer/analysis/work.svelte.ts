/** A job a panel waits for: its progress, its result or its error, and how to cancel it. */
import { toErrorValue, type ErrorValue } from '../../shared/errors.ts';
import { jobs } from '../state/jobs.svelte.ts';
import { attempt } from '../state/notices.ts';

export class Work<T> {
  result = $state.raw<T | null>(null);
  error = $state.raw<ErrorValue | null>(null);
  busy = $state.raw(false);
  #job = $state.raw('');
  /** Only the newest question's answer is shown. */
  #asked = 0;

  /** 0 to 1; null where the length is unknown. */
  get progress(): number | null {
    return jobs.get(this.#job)?.progress ?? null;
  }

  get detail(): string {
    return jobs.get(this.#job)?.detail ?? '';
  }

  /** @param question is given what is to hear each job's id as it starts */
  async ask(question: (started: (job: string) => void) => Promise<T>): Promise<void> {
    const asked = ++this.#asked;
    this.busy = true;
    this.error = null;
    try {
      const result = await question((job) => (this.#job = job));
      if (asked === this.#asked) this.result = result;
    } catch (thrown) {
      const error = toErrorValue(thrown);
      if (asked === this.#asked && error.code !== 'cancelled') this.error = error;
    } finally {
      if (asked === this.#asked) this.busy = false;
    }
  }

  async cancel(): Promise<void> {
    if (this.busy && this.#job !== '') await attempt(() => jobs.cancel(this.#job));
  }
}
