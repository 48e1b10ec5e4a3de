/** What could stand at the caret of a query. */
import type { FieldKind } from './fields.ts';
import { AGGREGATES, type Span } from './syntax.ts';
import { quote, tokenize, type Token } from './tokens.ts';

/** What completion knows of the rows. */
export interface Vocabulary {
  fields: readonly { name: string; kind: FieldKind; title: string }[];
  metrics: readonly string[];
  /** The texts a field has, the most frequent first. */
  valuesOf: (field: string) => readonly string[];
}

export interface Suggestion {
  /** What replaces the text between `from` and `to`. */
  text: string;
  /** What it is. */
  detail: string;
}

export interface Completion extends Span {
  suggestions: Suggestion[];
}

const MOST = 12;
const OPERATORS: Readonly<Record<FieldKind, readonly string[]>> = {
  number: ['>', '>=', '<', '<=', '=', '!=', 'in', 'is none'],
  text: ['=', '!=', 'contains', 'in', 'is none'],
  flag: ['and', 'or', '='],
  moment: ['>', '<'],
  list: ['contains', 'is none'],
};
const AGGREGATE_WORDS: Readonly<Record<(typeof AGGREGATES)[number], string>> = {
  best: 'best of all epochs',
  last: 'after the last epoch',
  min: 'lowest of all epochs',
  max: 'highest of all epochs',
  epoch: 'epoch of its best',
};

/** What is expected next, after the tokens before the caret. */
type Expected =
  | { what: 'operand' }
  | { what: 'metric' }
  | { what: 'operator'; kind: FieldKind }
  | { what: 'value'; field: string | null; kind: FieldKind }
  | { what: 'join' }
  | { what: 'none' };

/** Suggestions for what is written at `caret`, the best first; replacing the word the caret is in or behind. */
export function completeQuery(text: string, caret: number, vocabulary: Vocabulary): Completion {
  const before = text.slice(0, caret);
  const open = openString(before);
  const from = open ?? caret - (/[\p{L}\p{N}_.]*$/u.exec(before)?.[0].length ?? 0);
  const typed = text.slice(from, caret).replace(/^["']/, '').toLowerCase();
  const read = tokenize(text.slice(0, from));
  if ('problem' in read) return { from, to: caret, suggestions: [] };
  const expected = expectedAfter(read.tokens.slice(0, -1), vocabulary);
  const wanted = suggestionsFor(expected, vocabulary, open !== null);
  const rank = (suggestion: Suggestion): number => {
    const name = suggestion.text.replace(/^"/, '').toLowerCase();
    if (name === typed) return 4;
    if (name.startsWith(typed)) return 3;
    return name.split(/[.\s(_]/).some((part) => part.startsWith(typed)) ? 2 : name.includes(typed) ? 1 : 0;
  };
  const suggestions = wanted
    .map((suggestion) => ({ suggestion, rank: rank(suggestion) }))
    .filter((one) => one.rank > 0)
    .sort((a, b) => b.rank - a.rank)
    .slice(0, MOST)
    .map(({ suggestion }) => suggestion);
  return { from, to: caret, suggestions };
}

/** Where a string begins that is not closed before the end, or null. */
function openString(text: string): number | null {
  let open: number | null = null;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (open === null && (character === '"' || character === "'")) open = at;
    else if (open !== null && character === '\\') at++;
    else if (open !== null && character === text[open]) open = null;
  }
  return open;
}

const isWord = (token: Token | undefined, ...words: string[]): boolean =>
  token?.kind === 'word' && words.includes(token.text.toLowerCase());
const isSymbol = (token: Token | undefined, ...symbols: string[]): boolean =>
  token?.kind === 'symbol' && symbols.includes(token.text);

const isAggregate = (token: Token | undefined): boolean => isWord(token, ...AGGREGATES);

function expectedAfter(tokens: readonly Token[], vocabulary: Vocabulary): Expected {
  const last = tokens.at(-1);
  const kindOf = (token: Token | undefined): FieldKind | undefined =>
    vocabulary.fields.find(({ name }) => name === token?.text)?.kind;
  if (last === undefined || isWord(last, 'and', 'or', 'not')) return { what: 'operand' };
  if (isSymbol(last, '(')) {
    if (isAggregate(tokens.at(-2))) return { what: 'metric' };
    return isWord(tokens.at(-2), 'in') ? valueAfter(tokens.slice(0, -1), vocabulary) : { what: 'operand' };
  }
  if (isSymbol(last, ',')) {
    const list = tokens.findLastIndex((token) => isWord(token, 'in'));
    return list < 0 ? { what: 'operand' } : valueAfter(tokens.slice(0, list + 1), vocabulary);
  }
  if (isWord(last, 'is')) return { what: 'none' };
  if (last.kind === 'symbol' && last.text !== ')') return valueAfter(tokens, vocabulary);
  if (isWord(last, 'contains')) return valueAfter(tokens, vocabulary);
  if (isSymbol(last, ')') && isAggregate(tokens.at(-4))) {
    return endsComparison(tokens.at(-5)) ? { what: 'join' } : { what: 'operator', kind: 'number' };
  }
  const kind = kindOf(last);
  if (kind !== undefined && !endsComparison(tokens.at(-2))) return { what: 'operator', kind };
  return { what: 'join' };
}

/** Whether what follows this token is the right side of a comparison. */
function endsComparison(token: Token | undefined): boolean {
  return isSymbol(token, '=', '!=', '<', '<=', '>', '>=') || isWord(token, 'contains');
}

/** What a comparison's right side can be, the operator being the last token. */
function valueAfter(tokens: readonly Token[], vocabulary: Vocabulary): Expected {
  const left = isWord(tokens.at(-2), 'not') ? tokens.at(-3) : tokens.at(-2);
  const field = vocabulary.fields.find(({ name }) => name === left?.text);
  return { what: 'value', field: field?.name ?? null, kind: field?.kind ?? 'number' };
}

function operands({ fields, metrics }: Vocabulary): Suggestion[] {
  const aggregates = AGGREGATES.flatMap((aggregate) =>
    metrics.map((metric) => ({ text: `${aggregate}(${metric})`, detail: AGGREGATE_WORDS[aggregate] })),
  );
  return [...fields.map(({ name, title }) => ({ text: name, detail: title })), ...aggregates];
}

function suggestionsFor(expected: Expected, vocabulary: Vocabulary, inString: boolean): Suggestion[] {
  if (inString && expected.what !== 'value') return [];
  switch (expected.what) {
    case 'operand':
      return [...operands(vocabulary), { text: 'not', detail: 'the opposite' }];
    case 'metric':
      return vocabulary.metrics.map((text) => ({ text: `${text})`, detail: 'metric' }));
    case 'operator':
      return OPERATORS[expected.kind].map((text) => ({ text, detail: 'comparison' }));
    case 'join':
      return ['and', 'or'].map((text) => ({ text, detail: 'another condition' }));
    case 'value': {
      const { field, kind } = expected;
      if (kind === 'flag') return ['true', 'false'].map((text) => ({ text, detail: 'value' }));
      const values = field === null ? [] : vocabulary.valuesOf(field);
      return values.map((text) => ({
        text: kind === 'number' ? text : quote(text),
        detail: `value of ${field}`,
      }));
    }
    case 'none':
      return [
        { text: 'none', detail: 'not there' },
        { text: 'not none', detail: 'there' },
      ];
  }
}
