/** Texts a query asks for that no row has: why it finds nothing, and what was probably meant. */
import { nearestName } from './fields.ts';
import type { Expression, Literal, Operand } from './syntax.ts';

/** As many values as are listed. */
const LISTED = 8;

/** The texts that are asked for, with the field they are asked of and whether a part of its text will do. */
function* asked(expression: Expression): Generator<{ field: string; value: string; part: boolean }> {
  const pair = (operand: Operand, { value }: Literal, part = false) =>
    operand.kind === 'field' && typeof value === 'string' ? [{ field: operand.name, value, part }] : [];
  switch (expression.kind) {
    case 'and':
    case 'or':
      for (const term of expression.terms) yield* asked(term);
      return;
    case 'compare': {
      const { operator, left, right } = expression;
      if (operator !== '=') return;
      if (right.kind === 'literal') yield* pair(left, right);
      else if (left.kind === 'literal') yield* pair(right, left);
      return;
    }
    case 'in':
      for (const value of expression.values) yield* pair(expression.operand, value);
      return;
    case 'contains':
      yield* pair(expression.operand, expression.value, true);
  }
}

/**
 * A sentence on the first text that no row has, with what was probably meant or those there are; null where all are there.
 * @param textsOf the texts a field has; none for a field that is not known or has its own in every row
 */
export function unknownText(
  expression: Expression,
  textsOf: (field: string) => readonly string[],
): string | null {
  for (const { field, value, part } of asked(expression)) {
    const texts = textsOf(field);
    const wanted = value.toLowerCase();
    const fits = (text: string) =>
      part ? text.toLowerCase().includes(wanted) : text.toLowerCase() === wanted;
    if (texts.length === 0 || texts.some(fits)) continue;
    const meant = nearestName(value, texts);
    const listed = texts.slice(0, LISTED).join(', ') + (texts.length > LISTED ? ' and others' : '');
    const hint = meant === null ? `Those there are: ${listed}.` : `Did you mean "${meant}"?`;
    return `No run has the ${field} "${value}". ${hint}`;
  }
  return null;
}
