/** A job a panel waits for: its progress, its result or its error, and how to cancel it. */
import { toErrorValue, type ErrorValue } from '../../shared/errors.ts';
import { AskedJob } from '../state/asked-job.svelte.ts';

export class Work<T> {
  result = $state.raw<T | null>(null);
  error = $state.raw<ErrorValue | null>(null);
  busy = $state.raw(false);
  readonly #job = new AskedJob();
  /** Only the newest question's answer is shown. */
  #asked = 0;

  /** 0 to 1; null where the length is unknown. */
  get progress(): number | null {
    return this.#job.state?.progress ?? null;
  }

  get detail(): string {
    return this.#job.state?.detail ?? '';
  }

  /** @param question is given what is to hear each job's id as it starts */
  async ask(question: (started: (job: string) => void) => Promise<T>): Promise<void> {
    const asked = ++this.#asked;
    this.busy = true;
    this.#job.begin();
    this.error = null;
    try {
      const result = await question((job) => {
        if (asked === this.#asked) this.#job.started(job);
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
    if (this.busy) this.#job.cancel();
  }
}
