/** A query that names something follows it to its new name. */
import { parseQuery } from './parse.ts';
import type { Expression, Literal, Operand } from './syntax.ts';
import { quote } from './tokens.ts';

const isField = (operand: Operand, field: string): boolean =>
  operand.kind === 'field' && operand.name === field;

/** The whole texts a field is held against. */
function* textsAgainst(expression: Expression, field: string): Generator<Literal> {
  switch (expression.kind) {
    case 'and':
    case 'or':
      for (const term of expression.terms) yield* textsAgainst(term, field);
      return;
    case 'not':
      yield* textsAgainst(expression.term, field);
      return;
    case 'compare': {
      const { left, right } = expression;
      if (right.kind === 'literal' && isField(left, field)) yield right;
      if (left.kind === 'literal' && isField(right, field)) yield left;
      return;
    }
    case 'in':
      if (isField(expression.operand, field)) yield* expression.values;
  }
}

/**
 * The query with a field's text replaced, and nothing else: `data = "old" and name contains "old"` keeps the second. What
 * cannot be read stays as it is, and so do parts of a text behind `contains`.
 */
export function renamedInQuery(text: string, field: string, from: string, to: string): string {
  const read = parseQuery(text);
  if ('problem' in read || read.expression === null) return text;
  const wanted = from.toLowerCase();
  const found = [...textsAgainst(read.expression, field)].filter(
    ({ value }) => typeof value === 'string' && value.toLowerCase() === wanted,
  );
  return found
    .sort((a, b) => b.from - a.from)
    .reduce((changed, at) => changed.slice(0, at.from) + quote(to) + changed.slice(at.to), text);
}
