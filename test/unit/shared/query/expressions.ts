/** Queries of every shape, for properties and for fuzzing. */
import fc from 'fast-check';
import {
  AGGREGATES,
  COMPARISONS,
  type Expression,
  type Operand,
} from '../../../../src/shared/query/syntax.ts';

const at = { from: 0, to: 0 };
const word = fc
  .stringMatching(/^[a-z_][a-z0-9_]{0,8}$/)
  .filter((name) => !['and', 'or', 'not', 'in', 'contains', 'is', 'none', 'true', 'false'].includes(name));
const literal = fc
  .oneof(
    fc.double({ min: 0, max: 1e9, noNaN: true }).map((value) => value + 0),
    fc.string(),
    fc.boolean(),
  )
  .map((value) => ({ kind: 'literal' as const, value, ...at }));
const operand: fc.Arbitrary<Operand> = fc.letrec<{ operand: Operand }>((tie) => ({
  operand: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    literal,
    fc
      .array(word, { minLength: 1, maxLength: 3 })
      .map((parts) => ({ kind: 'field' as const, name: parts.join('.'), ...at })),
    fc.record({
      kind: fc.constant('metric' as const),
      aggregate: fc.constantFrom(...AGGREGATES),
      metric: fc.string(),
      from: fc.constant(0),
      to: fc.constant(0),
    }),
    tie('operand').map((inner) => ({ kind: 'negative' as const, operand: inner, ...at })),
    fc.record({
      kind: fc.constant('arithmetic' as const),
      operator: fc.constantFrom('+' as const, '-' as const, '*' as const, '/' as const),
      left: tie('operand'),
      right: tie('operand'),
      from: fc.constant(0),
      to: fc.constant(0),
    }),
  ),
})).operand;
/** Any query, deep or flat, without places in a text. */
export const expression: fc.Arbitrary<Expression> = fc.letrec<{ expression: Expression }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({
      kind: fc.constant('compare' as const),
      operator: fc.constantFrom(...COMPARISONS),
      left: operand,
      right: operand,
      from: fc.constant(0),
      to: fc.constant(0),
    }),
    fc.record({
      kind: fc.constant('in' as const),
      operand,
      values: fc.array(literal, { minLength: 1, maxLength: 4 }),
      from: fc.constant(0),
      to: fc.constant(0),
    }),
    fc.record({
      kind: fc.constant('contains' as const),
      operand,
      value: literal,
      from: fc.constant(0),
      to: fc.constant(0),
    }),
    operand.map((inner) => ({ kind: 'none' as const, operand: inner, ...at })),
    word.map((name) => ({ kind: 'true' as const, operand: { kind: 'field' as const, name, ...at }, ...at })),
    tie('expression').map((term) => ({ kind: 'not' as const, term, ...at })),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      terms: fc.array(tie('expression'), { minLength: 2, maxLength: 4 }),
      from: fc.constant(0),
      to: fc.constant(0),
    }),
  ),
})).expression;
