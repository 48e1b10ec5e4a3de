/** A job a panel waits for: its progress, its result or its error, and how to cancel it. */
import { toErrorValue, type ErrorValue } from '../../shared/errors.ts';
import { AskedJob } from '../state/asked-job.svelte.ts';

export class Work<T> {
  result = $state.raw<T | null>(null);
  error = $state.raw<ErrorValue | null>(null);
  busy = $state.raw(false);
  #job = $state.raw(new AskedJob());
  /** Only the newest question's answer is shown, and not where it was cancelled. */
  #wanted = 0;

  /** 0 to 1; null where the length is unknown. */
  get progress(): number | null {
    return this.#job.state?.progress ?? null;
  }

  get detail(): string {
    return this.#job.state?.detail ?? '';
  }

  /**
   * Answers what came of it; null where it failed, was cancelled, or something else was asked meanwhile.
   * @param question is given what is to hear each job's id as it starts
   */
  async ask(question: (started: (job: string) => void) => Promise<T>): Promise<T | null> {
    const asked = ++this.#wanted;
    const job = new AskedJob();
    this.#job = job;
    this.busy = true;
    this.error = null;
    try {
      const result = await question((id) => job.started(id));
      if (asked !== this.#wanted) return null;
      return (this.result = result);
    } catch (thrown) {
      const error = toErrorValue(thrown);
      if (asked === this.#wanted && error.code !== 'cancelled') this.error = error;
      return null;
    } finally {
      if (asked === this.#wanted) this.busy = false;
    }
  }

  /** Ends it at once for whoever waits; an answer that is on its way already is not shown. */
  cancel(): void {
    if (!this.busy) return;
    this.#wanted++;
    this.busy = false;
    this.#job.cancel();
  }
}
