/** What could stand at the caret of a query. */
import { nearestName, type FieldKind } from './fields.ts';
import { AGGREGATES, MEANS_CONTAINS, type Span } from './syntax.ts';
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
  /** What stands before the caret is a query already: suggestions only for who asks for them. */
  whole: boolean;
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
  const place = open === null ? placeOf(before, vocabulary) : placeAt(before, open, vocabulary);
  if (place === null) return { from: caret, to: caret, suggestions: [], whole: false };
  const { from, expected } = place;
  const typed = text.slice(from, caret).replace(/^["']/, '').toLowerCase();
  const wanted = suggestionsFor(expected, vocabulary, open !== null);
  const whole = typed === '' && endsCondition(expected);
  const rank = (suggestion: Suggestion): number => {
    const name = suggestion.text.replace(/^"/, '').toLowerCase();
    if (name === typed || (name === 'contains' && MEANS_CONTAINS.has(typed))) return 4;
    if (name.startsWith(typed)) return 3;
    return name.split(/[.\s(_]/).some((part) => part.startsWith(typed)) ? 2 : name.includes(typed) ? 1 : 0;
  };
  const suggestions = wanted
    .map((suggestion) => ({ suggestion, rank: rank(suggestion) }))
    .filter((one) => one.rank > 0 && one.suggestion.text !== text.slice(from, caret))
    .sort((a, b) => b.rank - a.rank)
    .map(({ suggestion }) => suggestion);
  const offered = suggestions.length === 0 && isText(expected) ? nearestFirst(wanted, typed) : suggestions;
  return { from, to: caret, suggestions: offered.slice(0, MOST), whole };
}

interface Place {
  from: number;
  expected: Expected;
}

/** What is expected at `from`; null where what stands before cannot be read. */
function placeAt(before: string, from: number, vocabulary: Vocabulary): Place | null {
  const read = tokenize(before.slice(0, from));
  return 'problem' in read ? null : { from, expected: expectedAfter(read.tokens.slice(0, -1), vocabulary) };
}

/** The beginning of the word at the end. Where a text is expected, quotes are missing and dashes belong to it. */
function placeOf(before: string, vocabulary: Vocabulary): Place | null {
  const start = (word: RegExp) => before.length - (word.exec(before)?.[0].length ?? 0);
  const dashed = placeAt(before, start(/[\p{L}\p{N}_.][\p{L}\p{N}_.-]*$/u), vocabulary);
  if (dashed !== null && (isText(dashed.expected) || isMoment(dashed.expected))) return dashed;
  return placeAt(before, start(/[\p{L}\p{N}_.]*$/u), vocabulary);
}

const isText = (expected: Expected): boolean =>
  expected.what === 'value' && (expected.kind === 'text' || expected.kind === 'list');

const isMoment = (expected: Expected): boolean => expected.what === 'value' && expected.kind === 'moment';

const endsCondition = (expected: Expected): boolean =>
  expected.what === 'join' || (expected.what === 'operator' && expected.kind === 'flag');

/** All values, for a text that none of them has anything of: the most alike first. */
function nearestFirst(wanted: readonly Suggestion[], typed: string): Suggestion[] {
  const bare = (text: string) => text.replace(/^"|"$/g, '');
  const meant = nearestName(
    typed,
    wanted.map(({ text }) => bare(text)),
  );
  return wanted.toSorted((a, b) => Number(bare(b.text) === meant) - Number(bare(a.text) === meant));
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
