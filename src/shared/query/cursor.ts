/** A place in a query's tokens: looking, taking, and refusing what does not fit. */
import { CONTAINS_HINT, MEANS_CONTAINS, type QueryProblem, type Span } from './syntax.ts';
import type { Token } from './tokens.ts';

/** How deep parentheses, `not` and minus signs may nest; deeper ones are a mistake, and would exhaust the stack. */
const DEEPEST = 100;

/** Thrown where a query cannot be read on, and caught where reading began. */
export class Unreadable extends Error {
  readonly problem: QueryProblem;
  constructor(problem: QueryProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

export class Cursor {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  peek(): Token {
    return this.#tokens[this.#at]!;
  }

  /** Where the cursor is, to come back to with `restore`. */
  get place(): { at: number; depth: number } {
    return { at: this.#at, depth: this.#depth };
  }

  restore({ at, depth }: { at: number; depth: number }): void {
    this.#at = at;
    this.#depth = depth;
  }

  take(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.#at++;
    return token;
  }

  isWord(word: string, token = this.peek()): boolean {
    return token.kind === 'word' && token.text.toLowerCase() === word;
  }

  takeWord(word: string): boolean {
    if (!this.isWord(word)) return false;
    this.#at++;
    return true;
  }

  takeSymbol(symbol: string): boolean {
    if (this.peek().kind !== 'symbol' || this.peek().text !== symbol) return false;
    this.#at++;
    return true;
  }

  /** Takes the parenthesis that closes `open`. */
  close(open: Token): void {
    if (this.takeSymbol(')')) return;
    if (this.peek().kind === 'end')
      this.refuse(open, 'This parenthesis is not closed.', 'Add ) where it ends.');
    this.refuseRest();
  }

  refuse({ from, to }: Span, message: string, hint: string): never {
    throw new Unreadable({ from, to, message, hint });
  }

  refuseRest(): never {
    const { text } = this.peek();
    if (text === ')')
      this.refuse(this.peek(), 'No parenthesis was opened for this one.', 'Remove it, or open one before.');
    const instead = MEANS_CONTAINS.has(text.toLowerCase())
      ? CONTAINS_HINT
      : { '&&': 'Write and between conditions.', '||': 'Write or between conditions.' }[text];
    this.refuse(
      this.peek(),
      `${text} does not fit here.`,
      instead ?? 'Join conditions with and or or: epochs > 5 and status = "done".',
    );
  }

  /** Counts what nests, so that a hostile text cannot exhaust the stack. */
  nested<T>(read: () => T): T {
    if (++this.#depth > DEEPEST)
      this.refuse(this.peek(), 'The filter is nested too deeply.', 'Split it into simpler conditions.');
    const result = read();
    this.#depth--;
    return result;
  }
}
