/** A query's text cut into tokens. Nothing is refused here but characters and strings no token can hold. */
import { CONTAINS_HINT, MEANS_CONTAINS, type QueryProblem, type Span } from './syntax.ts';

export type Token =
  | ({ kind: 'word'; text: string } & Span)
  | ({ kind: 'number'; text: string; value: number } & Span)
  | ({ kind: 'string'; text: string; value: string } & Span)
  | ({ kind: 'symbol'; text: string } & Span)
  | ({ kind: 'end'; text: '' } & Span);

/** Seconds in what may stand behind a number: `age < 7d`. */
const UNITS: Readonly<Record<string, number>> = { s: 1, min: 60, h: 3600, d: 86_400, w: 604_800 };

const SPACE = /\s+/y;
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
/** A word may hold dots and dashes, as `training.batch_size` and `layers.3.units` do. */
const WORD = /[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}\p{N}_]+)*/uy;
const UNIT = /(?:min|[shdw])(?![\p{L}\p{N}_.])/uy;
const SYMBOL = /!=|<=|>=|==|&&|\|\||[=<>()+\-*/,!]/y;

/** @returns the tokens, the last of them the end; or what stands in the way */
export function tokenize(text: string): { tokens: Token[] } | { problem: QueryProblem } {
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0] ?? null;
  };
  while (at < text.length) {
    const from = at;
    const space = match(SPACE);
    if (space !== null) {
      at += space.length;
      continue;
    }
    const number = match(NUMBER);
    const word = number === null ? match(WORD) : null;
    const symbol = match(SYMBOL);
    if (number !== null) {
      at += number.length;
      const unit = match(UNIT) ?? '';
      at += unit.length;
      const value = Number(number) * (UNITS[unit] ?? 1);
      tokens.push({ kind: 'number', text: text.slice(from, at), value, from, to: at });
    } else if (word !== null) {
      at += word.length;
      tokens.push({ kind: 'word', text: word, from, to: at });
    } else if (symbol !== null) {
      at += symbol.length;
      tokens.push({ kind: 'symbol', text: symbol, from, to: at });
    } else {
      const quoted = readString(text, at);
      if ('message' in quoted) return { problem: quoted };
      tokens.push(quoted);
      at = quoted.to;
    }
  }
  tokens.push({ kind: 'end', text: '', from: text.length, to: text.length });
  return { tokens };
}

/** A string in double or single quotes; a backslash takes the next character as it is. */
function readString(text: string, from: number): (Token & { kind: 'string' }) | QueryProblem {
  const quote = text[from];
  if (quote !== '"' && quote !== "'") {
    const character = String.fromCodePoint(text.codePointAt(from) ?? 0);
    return {
      from,
      to: from + character.length,
      message: `${character} means nothing in a filter.`,
      hint: MEANS_CONTAINS.has(character) ? CONTAINS_HINT : 'Put text in quotes: model = "lecture-lstm".',
    };
  }
  let value = '';
  for (let at = from + 1; at < text.length; at++) {
    const character = text[at]!;
    if (character === quote)
      return { kind: 'string', text: text.slice(from, at + 1), value, from, to: at + 1 };
    if (character === '\\' && at + 1 < text.length) at++;
    value += text[at];
  }
  return { from, to: text.length, message: 'The text has no end.', hint: `Close it with ${quote}.` };
}

/** A string as a query writes it. */
export function quote(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}
