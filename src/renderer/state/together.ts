/** Changes that come in quick succession, shown together: a training of short epochs tells of hundreds a second. */

/** The eye takes less often than that for jerky, and a page has time for its other work. */
const TOGETHER_MS = 100;

export class Together {
  readonly #changes: (() => void)[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Makes a change within a tenth of a second, behind those before it. */
  later(change: () => void): void {
    this.#changes.push(change);
    this.#timer ??= setTimeout(() => this.#make(), TOGETHER_MS);
  }

  /** Forgets what has not been made yet. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#changes.length = 0;
  }

  #make(): void {
    this.#timer = undefined;
    for (const change of this.#changes.splice(0)) change();
  }
}
