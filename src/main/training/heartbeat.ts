/** Whether a training process is still heard of: it tells of its batches several times a second, unless one takes that long. */
export interface HeartbeatOptions {
  silentAfterMs?: number | undefined;
  /** False while it has nothing to say (paused). */
  isExpected: () => boolean;
  /** Told again and again while it is silent, in seconds, and null once it is heard. */
  tell: (seconds: number | null) => void;
}

const SILENT_AFTER_MS = 60_000;
/** Looked at so often within that time: one late look alone says that this process was busy, not that the other is silent. */
const LOOKS = 6;

export class Heartbeat {
  readonly #options: HeartbeatOptions;
  readonly #silentAfterMs: number;
  readonly #timer: NodeJS.Timeout;
  #heardAt = performance.now();
  #silentLooks = 0;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#silentAfterMs = options.silentAfterMs ?? SILENT_AFTER_MS;
    this.#timer = setInterval(() => this.#look(), this.#silentAfterMs / LOOKS);
    this.#timer.unref();
  }

  heard(): void {
    this.#heardAt = performance.now();
    if (this.#silentLooks > 1) this.#options.tell(null);
    this.#silentLooks = 0;
  }

  stop(): void {
    clearInterval(this.#timer);
    this.heard();
  }

  #look(): void {
    if (!this.#options.isExpected()) return this.heard();
    const silent = performance.now() - this.#heardAt;
    if (silent < this.#silentAfterMs) return;
    this.#silentLooks++;
    if (this.#silentLooks > 1) this.#options.tell(Math.round(silent / 1000));
  }
}
