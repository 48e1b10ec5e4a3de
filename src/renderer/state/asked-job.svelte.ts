/** A job that a part of a screen asked for: how far it is, and how to cancel it, also before it has a name. */
import { jobs, type JobState } from './jobs.svelte.ts';
import { attempt } from './notices.ts';

export class AskedJob {
  #id = $state.raw('');
  #cancelled = false;

  get state(): JobState | undefined {
    return jobs.get(this.#id);
  }

  /** Something new is asked for. */
  begin(): void {
    this.#id = '';
    this.#cancelled = false;
  }

  /** It has this name now; one that was cancelled before ends at once. */
  started(id: string): void {
    this.#id = id;
    if (this.#cancelled) void attempt(() => jobs.cancel(id));
  }

  /** Ends it, and those started later of what was asked for. */
  cancel(): void {
    this.#cancelled = true;
    if (this.#id !== '') this.started(this.#id);
  }
}
