/**
 * The language that filters runs: `model.cell = "lstm" and best(val_acc) > 0.85`.
 *
 *   expression := conjunction { "or" conjunction }
 *   conjunction := negation { "and" negation }
 *   negation := "not" negation | comparison | "(" expression ")"
 *   comparison := sum [ operator sum | [ "not" ] "in" "(" literal { "," literal } ")"
 *                 | [ "not" ] "contains" literal | "is" [ "not" ] "none" ]
 *   sum := product { ( "+" | "-" ) product }      product := operand { ( "*" | "/" ) operand }
 *   operand := literal | field | metric | "-" operand | "(" sum ")"
 *   metric := ( "best" | "last" | "min" | "max" | "epoch" ) "(" name ")"
 *
 * A field alone (`pinned`) holds where it is true. Words are compared without regard to case. What a run does not have
 * matches no comparison; `is none` finds it.
 */

/** Where something stands in the text: from the first character up to, not including, `to`. */
export interface Span {
  from: number;
  to: number;
}

/** What is wrong with a query, where, and what would be right. */
export interface QueryProblem extends Span {
  message: string;
  hint: string;
}

export const AGGREGATES = ['best', 'last', 'min', 'max', 'epoch'] as const;
export type Aggregate = (typeof AGGREGATES)[number];

export const COMPARISONS = ['=', '!=', '<', '<=', '>', '>='] as const;
export type Comparison = (typeof COMPARISONS)[number];
export type Arithmetic = '+' | '-' | '*' | '/';

/** What `contains` is called elsewhere, so that whoever writes it is told the right word. */
export const MEANS_CONTAINS: ReadonlySet<string> = new Set([
  'has',
  'have',
  'includes',
  'include',
  'like',
  'matches',
  '~',
]);
export const CONTAINS_HINT = 'Write contains: tags contains "baseline".';

export type Literal = { kind: 'literal'; value: number | string | boolean } & Span;

export type Operand =
  | Literal
  | ({ kind: 'field'; name: string } & Span)
  | ({ kind: 'metric'; aggregate: Aggregate; metric: string } & Span)
  | ({ kind: 'negative'; operand: Operand } & Span)
  | ({ kind: 'arithmetic'; operator: Arithmetic; left: Operand; right: Operand } & Span);

export type Expression =
  | ({ kind: 'and' | 'or'; terms: Expression[] } & Span)
  | ({ kind: 'not'; term: Expression } & Span)
  | ({ kind: 'compare'; operator: Comparison; left: Operand; right: Operand } & Span)
  | ({ kind: 'in'; operand: Operand; values: Literal[] } & Span)
  | ({ kind: 'contains'; operand: Operand; value: Literal } & Span)
  | ({ kind: 'none'; operand: Operand } & Span)
  | ({ kind: 'true'; operand: Operand } & Span);
