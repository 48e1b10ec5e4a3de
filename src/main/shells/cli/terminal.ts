/** Where a command writes: results to standard output, as text or one JSON object a line, and progress to standard error. */
import { toErrorValue } from '../../../shared/errors.ts';
import { advice } from './advice.ts';

const CLEAR_LINE = '\r\u001b[K';
/** Without a terminal, progress of one piece of work is told at most this often. */
const PLAIN_PROGRESS_EVERY_MS = 5000;

/** A failure as `--json` tells it, on standard error: standard output has results only. */
export function failureLine(error: { code: string; message: string; hint: string }): string {
  return JSON.stringify({ error });
}

export class Terminal {
  readonly json: boolean;
  readonly #live = process.stderr.isTTY;
  #lineShown = false;
  #toldAt = performance.now();

  constructor(json: boolean) {
    this.json = json;
  }

  /** A result: `value` as one line of JSON, or what `text` says. */
  result(value: unknown, text: () => string): void {
    this.#clear();
    process.stdout.write(`${this.json ? JSON.stringify(value) : text()}\n`);
  }

  /** Where the work stands: a line that is written over on a terminal, now and then a line of its own elsewhere. */
  progress(text: string): void {
    if (this.#live) {
      process.stderr.write(`${CLEAR_LINE}${text.slice(0, Math.max(20, (process.stderr.columns ?? 80) - 1))}`);
      this.#lineShown = true;
    } else if (performance.now() - this.#toldAt >= PLAIN_PROGRESS_EVERY_MS) {
      this.note(text);
    }
  }

  /** A step that is done or worth knowing: always a line of its own. */
  note(text: string): void {
    this.#clear();
    this.#toldAt = performance.now();
    process.stderr.write(`${text}\n`);
  }

  failure(thrown: unknown): void {
    const { code, message, hint } = toErrorValue(thrown);
    const words = `${hint}${advice(code)}`;
    this.note(this.json ? failureLine({ code, message, hint: words }) : `${message} ${words}`);
  }

  #clear(): void {
    if (this.#lineShown) process.stderr.write(CLEAR_LINE);
    this.#lineShown = false;
  }
}
