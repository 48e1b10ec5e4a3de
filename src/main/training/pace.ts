/** How long training will still take, from the pace so far; time spent paused does not count. */
export class Pace {
  readonly #epochs: number;
  #secondsPerEpoch: number | null = null;
  #from: { done: number; at: number } | null = null;

  constructor(epochs: number) {
    this.#epochs = epochs;
  }

  /** An epoch ended that took so many seconds. */
  epochTook(seconds: number): void {
    this.#secondsPerEpoch = seconds;
  }

  /** Training paused or starts again: the clock is set anew by the next position. */
  restart(): void {
    this.#from = null;
  }

  /**
   * Seconds until the last epoch ends, or null before anything can be said.
   * @param epoch the running one, from 1
   * @param fraction how much of it is done, 0 to 1
   * @param now seconds on any clock
   */
  remaining(epoch: number, fraction: number, now: number): number | null {
    const done = epoch - 1 + fraction;
    this.#from ??= { done, at: now };
    const sinceFrom = done - this.#from.done;
    const secondsPerEpoch =
      this.#secondsPerEpoch ?? (sinceFrom > 0 ? (now - this.#from.at) / sinceFrom : null);
    return secondsPerEpoch === null ? null : Math.max(0, (this.#epochs - done) * secondsPerEpoch);
  }
}
