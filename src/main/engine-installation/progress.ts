/** How far an installation is as a whole, from how far each of its steps is. */
import type { JobContext } from '../jobs.ts';

export class InstallationProgress {
  readonly #tell: JobContext['progress'];
  readonly #total: number;
  #begun = 0;
  #told = 0;

  /** @param total what the weights of all steps come to, in whatever unit they are */
  constructor(tell: JobContext['progress'], total: number) {
    this.#tell = tell;
    this.#total = total;
  }

  /** Begins a step that is so much of the whole. What it gives takes the step's own share, null where that is not known. */
  step(weight: number): JobContext['progress'] {
    const from = this.#begun;
    this.#begun += weight;
    return (share, detail) => {
      // It never goes back: a program copies a file that it has fetched, and is for a moment without one.
      this.#told = Math.max(this.#told, Math.min(1, (from + weight * (share ?? 0)) / this.#total));
      this.#tell(this.#told, detail);
    };
  }
}
