/** What the user asked of a running job, and the pauses in which the process listens. */
import { setImmediate } from 'node:timers/promises';

/** Longest time between two looks at the mailbox. */
const LISTEN_EVERY_MS = 50;

export class Control {
  #request: 'pause' | 'stop' | null = null;
  #resume: (() => void) | null = null;
  #listenedAt = performance.now();
  /** Messages that are on their way, which go on only while the process listens. */
  #leaving: Promise<void> | undefined;

  pause(): void {
    if (this.#request === null) this.#request = 'pause';
  }

  continue(): void {
    if (this.#request === 'pause') this.#request = null;
    this.#resume?.();
  }

  stop(): void {
    this.#request = 'stop';
    this.#resume?.();
  }

  /** Listens at every occasion until `leaving` resolves. */
  attend(leaving: Promise<void> | undefined): void {
    this.#leaving = leaving;
    void leaving?.then(() => {
      if (this.#leaving === leaving) this.#leaving = undefined;
    });
  }

  /** Lets messages in, and out, when it is time, then says what is asked for. */
  async listen(): Promise<'pause' | 'stop' | null> {
    if (this.#leaving || performance.now() - this.#listenedAt >= LISTEN_EVERY_MS) {
      await setImmediate();
      this.#listenedAt = performance.now();
    }
    return this.#request;
  }

  /** Waits until the job is to go on or to stop. */
  async untilResumed(): Promise<void> {
    while (this.#request === 'pause') await new Promise<void>((resolve) => (this.#resume = resolve));
    this.#resume = null;
  }
}
