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
  /** A job of the question that starts later is cancelled as well. */
  #cancelled = false;

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
    this.#job = '';
    this.#cancelled = false;
    this.error = null;
    try {
      const result = await question((job) => {
        if (asked === this.#asked) this.#begun(job);
      });
      if (asked === this.#asked) this.result = result;
    } catch (thrown) {
      const error = toErrorValue(thrown);
      if (asked === this.#asked && error.code !== 'cancelled') this.error = error;
    } finally {
      if (asked === this.#asked) this.busy = false;
    }
  }

  cancel(): void {
    if (!this.busy) return;
    this.#cancelled = true;
    if (this.#job !== '') this.#begun(this.#job);
  }

  #begun(job: string): void {
    this.#job = job;
    if (this.#cancelled) void attempt(() => jobs.cancel(job));
  }
}
