/** From an expression to a test of rows. Fields are looked up and kinds are checked once, before any row is. */
import { nearestName, type FieldKind, type QuerySource, type Value } from './fields.ts';
import { quote } from './tokens.ts';
import type { Arithmetic, Comparison, Expression, Literal, Operand, QueryProblem, Span } from './syntax.ts';

export type CompiledQuery<Row> = { matches: (row: Row) => boolean } | { problem: QueryProblem };

interface Compiled<Row> {
  kind: FieldKind;
  of: (row: Row) => Value;
}

type Test<Row> = (row: Row) => boolean;

const ARTICLES: Readonly<Record<FieldKind, string>> = {
  number: 'a number',
  text: 'text',
  flag: 'true or false',
  moment: 'a moment',
  list: 'a list of words',
};
const HINTS: Readonly<Record<FieldKind, string>> = {
  number: 'Compare it with a number: = != < <= > >=.',
  text: 'Compare it with a text in quotes, by =, !=, in or contains.',
  flag: 'Compare it with true or false, or write it alone.',
  moment: 'Compare it with a date in quotes: created > "2026-11-01"; or write age < 7d.',
  list: 'Ask whether it contains a word: tags contains "baseline".',
};
/** Two numbers are equal when they agree to about the digits of a 32-bit float: metrics are shown rounded. */
const EQUAL_WITHIN = 1e-7;

class Mistaken extends Error {
  readonly problem: QueryProblem;
  constructor({ from, to }: Span, message: string, hint: string) {
    super(message);
    this.problem = { from, to, message, hint };
  }
}

/** @param expression null matches every row */
export function compileQuery<Row>(
  expression: Expression | null,
  source: QuerySource<Row>,
): CompiledQuery<Row> {
  if (expression === null) return { matches: () => true };
  try {
    return { matches: new Compiler(source).test(expression) };
  } catch (error) {
    if (error instanceof Mistaken) return { problem: error.problem };
    throw error;
  }
}

const fold = (text: string): string => text.toLowerCase();

const CALCULATE: Readonly<Record<Arithmetic, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
};

function equal(a: Value, b: Value): boolean {
  if (typeof a === 'number' && typeof b === 'number')
    return Math.abs(a - b) <= EQUAL_WITHIN * Math.max(Math.abs(a), Math.abs(b));
  return typeof a === 'string' && typeof b === 'string' ? fold(a) === fold(b) : a === b;
}

const COMPARE: Readonly<Record<Comparison, (a: Value, b: Value) => boolean>> = {
  '=': equal,
  '!=': (a, b) => !equal(a, b),
  '<': (a, b) => (a as number) < (b as number),
  '<=': (a, b) => (a as number) <= (b as number),
  '>': (a, b) => (a as number) > (b as number),
  '>=': (a, b) => (a as number) >= (b as number),
};

class Compiler<Row> {
  readonly #source: QuerySource<Row>;

  constructor(source: QuerySource<Row>) {
    this.#source = source;
  }

  test(expression: Expression): Test<Row> {
    switch (expression.kind) {
      case 'and': {
        const terms = expression.terms.map((term) => this.test(term));
        return (row) => terms.every((term) => term(row));
      }
      case 'or': {
        const terms = expression.terms.map((term) => this.test(term));
        return (row) => terms.some((term) => term(row));
      }
      case 'not': {
        const term = this.test(expression.term);
        return (row) => !term(row);
      }
      case 'compare':
        return this.#compare(expression.operator, expression.left, expression.right);
      case 'in':
        return this.#in(expression.operand, expression.values);
      case 'contains':
        return this.#contains(expression.operand, expression.value);
      case 'none': {
        const { of } = this.#operand(expression.operand);
        return (row) => isNone(of(row));
      }
      case 'true':
        return this.#flag(expression.operand);
    }
  }

  #flag(operand: Operand): Test<Row> {
    const { kind, of } = this.#operand(operand);
    if (kind !== 'flag')
      throw new Mistaken(operand, `This is ${ARTICLES[kind]}, not a condition.`, HINTS[kind]);
    return (row) => of(row) === true;
  }

  #compare(operator: Comparison, left: Operand, right: Operand): Test<Row> {
    const [a, b] = this.#matched(left, right);
    const ordered = a.kind === 'number' || a.kind === 'moment';
    if (a.kind === 'list' || (!ordered && operator !== '=' && operator !== '!='))
      throw new Mistaken(left, `This is ${ARTICLES[a.kind]}; ${operator} does not apply.`, HINTS[a.kind]);
    const holds = COMPARE[operator];
    return (row) => {
      const x = a.of(row);
      const y = b.of(row);
      return !isNone(x) && !isNone(y) && holds(x, y);
    };
  }

  /** Both sides as one kind: a text beside a moment is a date. */
  #matched(left: Operand, right: Operand): [Compiled<Row>, Compiled<Row>] {
    const a = this.#operand(left);
    const b = a.kind === 'text' ? this.#besideText(right) : this.#operand(right);
    if (a.kind === b.kind) return [a, b];
    if (a.kind === 'moment' && right.kind === 'literal') return [a, this.#moment(right)];
    if (b.kind === 'moment' && left.kind === 'literal') return [this.#moment(left), b];
    const [named, other, wrong] = left.kind === 'literal' ? [b, a, left] : [a, b, right];
    throw new Mistaken(
      wrong,
      `${ARTICLES[named.kind].replace(/^./, (first) => first.toUpperCase())} cannot be compared with ${ARTICLES[other.kind]}.`,
      HINTS[named.kind],
    );
  }

  /** What is compared with a text: where it is nothing that is known, a text whose quotes were forgotten. */
  #besideText(operand: Operand): Compiled<Row> {
    try {
      return this.#operand(operand);
    } catch (error) {
      const word = unquoted(operand);
      if (!(error instanceof Mistaken) || word === null) throw error;
      throw new Mistaken(operand, 'Text is written in quotes.', `Write ${quote(word)}.`);
    }
  }

  #moment(literal: Literal): Compiled<Row> {
    const value = typeof literal.value === 'string' ? parseDay(literal.value) : NaN;
    if (Number.isNaN(value))
      throw new Mistaken(literal, 'This is not a date.', 'Write it as "2026-11-01" or "2026-11-01 14:00".');
    return { kind: 'moment', of: () => value };
  }

  #in(operand: Operand, values: readonly Literal[]): Test<Row> {
    const tests = values.map((value) => this.#compare('=', operand, value));
    return (row) => tests.some((test) => test(row));
  }

  #contains(operand: Operand, { value, ...at }: Literal): Test<Row> {
    const { kind, of } = this.#operand(operand);
    if (kind !== 'text' && kind !== 'list')
      throw new Mistaken(operand, `This is ${ARTICLES[kind]}; it contains nothing.`, HINTS[kind]);
    if (typeof value !== 'string') throw new Mistaken(at, 'Only text can be contained.', 'Put it in quotes.');
    const wanted = fold(value);
    return (row) => {
      const found = of(row);
      if (typeof found === 'string') return fold(found).includes(wanted);
      return Array.isArray(found) && found.some((word: string) => fold(word) === wanted);
    };
  }

  #operand(operand: Operand): Compiled<Row> {
    switch (operand.kind) {
      case 'literal': {
        const { value } = operand;
        const kind = typeof value === 'number' ? 'number' : typeof value === 'string' ? 'text' : 'flag';
        return { kind, of: () => value };
      }
      case 'field':
        return this.#field(operand.name, operand);
      case 'metric':
        return this.#metric(operand);
      case 'negative': {
        const of = this.#number(operand.operand);
        return { kind: 'number', of: (row) => mapNumber(of(row), (value) => -value) };
      }
      case 'arithmetic': {
        const [left, right] = [this.#number(operand.left), this.#number(operand.right)];
        const calculate = CALCULATE[operand.operator];
        return {
          kind: 'number',
          of: (row) => mapNumber(left(row), (a) => mapNumber(right(row), (b) => calculate(a, b))),
        };
      }
    }
  }

  #number(operand: Operand): (row: Row) => Value {
    const { kind, of } = this.#operand(operand);
    if (kind !== 'number')
      throw new Mistaken(operand, `One cannot calculate with ${ARTICLES[kind]}.`, HINTS[kind]);
    return of;
  }

  #field(name: string, at: Span): Compiled<Row> {
    const field = this.#source.field(name);
    if (field !== undefined) return field;
    const meant = nearestName(name, this.#source.fieldNames());
    const metric = this.#source.metricNames().includes(name) ? `best(${name})` : null;
    const suggestion = metric ?? meant;
    throw new Mistaken(
      at,
      `There is no field ${name}.`,
      suggestion === null ? `If it is text, put it in quotes: "${name}".` : `Did you mean ${suggestion}?`,
    );
  }

  #metric({ aggregate, metric, from, to }: Operand & { kind: 'metric' }): Compiled<Row> {
    const of = this.#source.metric(aggregate, metric);
    if (of !== undefined) return { kind: 'number', of };
    const names = this.#source.metricNames();
    const meant = nearestName(metric, names);
    const hint =
      meant === null ? `Those there are: ${names.join(', ') || 'none yet'}.` : `Did you mean ${meant}?`;
    throw new Mistaken({ from, to }, `No run has a metric ${metric}.`, hint);
  }
}

/** A text without its quotes, as it was read: `lecture-lstm` as a difference. Null for what no text looks like. */
function unquoted(operand: Operand): string | null {
  if (operand.kind === 'field') return operand.name;
  if (operand.kind === 'literal') return String(operand.value);
  if (operand.kind !== 'arithmetic' || operand.operator !== '-') return null;
  const [left, right] = [unquoted(operand.left), unquoted(operand.right)];
  return left === null || right === null ? null : `${left}-${right}`;
}

/** Not a number counts as none: no comparison with it holds. */
function isNone(value: Value): boolean {
  return (
    value === null ||
    (typeof value === 'number' && Number.isNaN(value)) ||
    (Array.isArray(value) && value.length === 0)
  );
}

function mapNumber(value: Value, change: (value: number) => Value): Value {
  return typeof value === 'number' ? change(value) : null;
}

/** `2026-11-01` or `2026-11-01 14:00`, in the local time zone; NaN for anything else. */
function parseDay(text: string): number {
  const match = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{2}))?$/.exec(text.trim());
  if (match === null) return NaN;
  const [year, month, day, hour, minute] = match.slice(1).map((part) => Number(part ?? 0));
  const date = new Date(year!, month! - 1, day!, hour, minute);
  // A day that does not exist (30 February) would roll over into the next month.
  return date.getMonth() === month! - 1 && date.getDate() === day ? date.getTime() : NaN;
}
