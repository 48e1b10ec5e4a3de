/** From a query's text to its expression, by recursive descent. What cannot be read is answered with place and hint. */
import { Cursor, Unreadable } from './cursor.ts';
import {
  AGGREGATES,
  COMPARISONS,
  type Aggregate,
  type Arithmetic,
  type Comparison,
  type Expression,
  type Literal,
  type Operand,
  type QueryProblem,
  type Span,
} from './syntax.ts';
import { tokenize, type Token } from './tokens.ts';

/** `expression` is null for a text without a word: it matches everything. */
export type ParsedQuery = { expression: Expression | null } | { problem: QueryProblem };

const KEYWORDS = new Set(['and', 'or', 'not', 'in', 'contains', 'is', 'none', 'true', 'false']);

export function parseQuery(text: string): ParsedQuery {
  const read = tokenize(text);
  if ('problem' in read) return read;
  const parser = new Parser(read.tokens);
  try {
    return { expression: parser.query() };
  } catch (error) {
    if (error instanceof Unreadable) return { problem: error.problem };
    throw error;
  }
}

function isComparison(text: string): text is Comparison {
  return (COMPARISONS as readonly string[]).includes(text);
}

function isAggregate(text: string): text is Aggregate {
  return (AGGREGATES as readonly string[]).includes(text);
}

const span = (first: Span, last: Span): Span => ({ from: first.from, to: last.to });

class Parser {
  readonly #cursor: Cursor;

  constructor(tokens: readonly Token[]) {
    this.#cursor = new Cursor(tokens);
  }

  query(): Expression | null {
    if (this.#cursor.peek().kind === 'end') return null;
    const expression = this.#disjunction();
    if (this.#cursor.peek().kind !== 'end') this.#cursor.refuseRest();
    return expression;
  }

  #disjunction(): Expression {
    return this.#joined('or', () => this.#joined('and', () => this.#negation()));
  }

  #joined(kind: 'and' | 'or', read: () => Expression): Expression {
    const terms = [read()];
    while (this.#cursor.takeWord(kind)) terms.push(read());
    const [first, last] = [terms[0]!, terms.at(-1)!];
    return terms.length === 1 ? first : { kind, terms, ...span(first, last) };
  }

  #negation(): Expression {
    const start = this.#cursor.peek();
    if (!this.#cursor.takeWord('not')) return this.#condition();
    const term = this.#cursor.nested(() => this.#negation());
    return { kind: 'not', term, ...span(start, term) };
  }

  /** A parenthesis holds conditions or a sum; which one shows only behind it, so conditions are tried first. */
  #condition(): Expression {
    const start = this.#cursor.place;
    if (this.#cursor.peek().text !== '(' || this.#cursor.peek().kind !== 'symbol') return this.#comparison();
    let condition: Expression | null = null;
    let failure: unknown;
    try {
      condition = this.#cursor.nested(() => this.#parenthesised());
    } catch (error) {
      failure = error;
    }
    const { kind, text } = this.#cursor.peek();
    const goesOn = kind === 'symbol' && (isComparison(text) || '+-*/'.includes(text) || text === '==');
    if (condition !== null && !goesOn && !this.#isTest()) return condition;
    const reached = this.#cursor.place.at;
    this.#cursor.restore(start);
    try {
      return this.#comparison();
    } catch (error) {
      // The reading that came further has the better word for what is wrong.
      throw failure !== undefined && reached >= this.#cursor.place.at ? failure : error;
    }
  }

  #isTest(): boolean {
    return ['in', 'contains', 'is'].some((word) => this.#cursor.isWord(word));
  }

  #parenthesised(): Expression {
    const open = this.#cursor.take();
    const inner = this.#disjunction();
    this.#cursor.close(open);
    return inner;
  }

  #comparison(): Expression {
    const left = this.#sum();
    const token = this.#cursor.peek();
    if (token.kind === 'symbol' && isComparison(token.text)) {
      this.#cursor.take();
      const right = this.#sum();
      return { kind: 'compare', operator: token.text, left, right, ...span(left, right) };
    }
    if (token.kind === 'symbol' && (token.text === '==' || token.text === '!'))
      this.#cursor.refuse(
        token,
        `${token.text} is not a comparison.`,
        token.text === '!' ? 'Write != for unequal, not before a condition.' : 'Write one =.',
      );
    if (this.#cursor.takeWord('is')) return this.#isNone(left);
    const negated = this.#cursor.isWord('not') && this.#cursor.takeWord('not');
    const test = this.#membership(left, negated);
    if (!negated) return test;
    return { kind: 'not', term: test, from: test.from, to: test.to };
  }

  #isNone(operand: Operand): Expression {
    const negated = this.#cursor.takeWord('not');
    const end = this.#cursor.take();
    if (!this.#cursor.isWord('none', end))
      this.#cursor.refuse(
        end,
        'Only none can stand here.',
        'Write is none, or is not none; = for everything else.',
      );
    const test: Expression = { kind: 'none', operand, ...span(operand, end) };
    return negated ? { kind: 'not', term: test, ...span(operand, end) } : test;
  }

  #membership(operand: Operand, negated: boolean): Expression {
    if (this.#cursor.takeWord('contains')) {
      const value = this.#literal();
      return { kind: 'contains', operand, value, ...span(operand, value) };
    }
    if (this.#cursor.takeWord('in')) return this.#inList(operand);
    if (negated)
      this.#cursor.refuse(
        this.#cursor.peek(),
        'in or contains is missing.',
        'Write not in (…), or not before the condition.',
      );
    if (operand.kind === 'field') return { kind: 'true', operand, from: operand.from, to: operand.to };
    return this.#cursor.refuse(
      this.#cursor.peek().kind === 'end' ? operand : this.#cursor.peek(),
      'A comparison is missing.',
      'Compare with =, !=, <, <=, >, >=, in, contains or is none.',
    );
  }

  #inList(operand: Operand): Expression {
    const open = this.#cursor.peek();
    if (!this.#cursor.takeSymbol('('))
      this.#cursor.refuse(open, 'A list is missing.', 'Put the values in parentheses: seed in (1, 2, 3).');
    const values = [this.#literal()];
    while (this.#cursor.takeSymbol(',')) values.push(this.#literal());
    const end = this.#cursor.peek();
    this.#cursor.close(open);
    return { kind: 'in', operand, values, ...span(operand, end) };
  }

  #sum(): Operand {
    return this.#arithmetic(['+', '-'], () => this.#arithmetic(['*', '/'], () => this.#operand()));
  }

  #arithmetic(operators: readonly Arithmetic[], read: () => Operand): Operand {
    let left = read();
    for (;;) {
      const operator = operators.find((candidate) => this.#cursor.takeSymbol(candidate));
      if (operator === undefined) return left;
      const right = read();
      left = { kind: 'arithmetic', operator, left, right, ...span(left, right) };
    }
  }

  #operand(): Operand {
    const token = this.#cursor.peek();
    if (
      token.kind === 'number' ||
      token.kind === 'string' ||
      this.#cursor.isWord('true') ||
      this.#cursor.isWord('false')
    )
      return this.#literal();
    if (this.#cursor.takeSymbol('-')) {
      const operand = this.#cursor.nested(() => this.#operand());
      return { kind: 'negative', operand, ...span(token, operand) };
    }
    if (this.#cursor.takeSymbol('(')) {
      const inner = this.#cursor.nested(() => this.#sum());
      const end = this.#cursor.peek();
      this.#cursor.close(token);
      return { ...inner, ...span(token, end) };
    }
    if (token.kind === 'word' && !KEYWORDS.has(token.text.toLowerCase())) return this.#named();
    return this.#refuseMissing(token);
  }

  #refuseMissing(token: Token): never {
    if (token.kind === 'symbol' && token.text === '!')
      this.#cursor.refuse(token, '! does not fit here.', 'Write not before a condition.');
    this.#cursor.refuse(
      token,
      token.kind === 'end' ? 'Something is missing at the end.' : `${token.text} does not fit here.`,
      'A field such as status, a metric such as best(val_acc), or a value is expected.',
    );
  }

  /** A field, or a metric under one of its aggregates. */
  #named(): Operand {
    const token = this.#cursor.take();
    const aggregate = token.text.toLowerCase();
    const open = this.#cursor.peek();
    if (!this.#cursor.takeSymbol('('))
      return { kind: 'field', name: token.text, from: token.from, to: token.to };
    if (!isAggregate(aggregate))
      this.#cursor.refuse(
        token,
        `There is no function ${token.text}.`,
        `Those there are: ${AGGREGATES.map((name) => `${name}(…)`).join(', ')}.`,
      );
    const metric = this.#cursor.take();
    if (metric.kind !== 'word' && metric.kind !== 'string')
      this.#cursor.refuse(metric, 'The name of a metric is missing.', `Name one: ${aggregate}(val_acc).`);
    const end = this.#cursor.peek();
    if (end.text !== ')')
      this.#cursor.refuse(open, 'This parenthesis is not closed.', `Write ${aggregate}(${metric.text}).`);
    this.#cursor.close(open);
    const name = metric.kind === 'string' ? metric.value : metric.text;
    return { kind: 'metric', aggregate, metric: name, ...span(token, end) };
  }

  #literal(): Literal {
    const token = this.#cursor.take();
    const at = { from: token.from, to: token.to };
    if (token.kind === 'number' || token.kind === 'string')
      return { kind: 'literal', value: token.value, ...at };
    if (this.#cursor.isWord('true', token) || this.#cursor.isWord('false', token))
      return { kind: 'literal', value: this.#cursor.isWord('true', token), ...at };
    if (token.kind === 'symbol' && token.text === '-' && this.#cursor.peek().kind === 'number') {
      const number = this.#cursor.take() as Token & { kind: 'number' };
      return { kind: 'literal', value: -number.value, ...span(token, number) };
    }
    if (token.kind === 'word')
      this.#cursor.refuse(token, `${token.text} is not a value.`, `Put text in quotes: "${token.text}".`);
    return this.#cursor.refuse(
      token,
      token.kind === 'end' ? 'A value is missing at the end.' : `${token.text} is not a value.`,
      'A number, a text in quotes, true or false is expected.',
    );
  }
}
