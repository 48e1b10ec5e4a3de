/** An expression as text again; reading that text gives the same expression. */
import type { Expression, Operand } from './syntax.ts';
import { quote } from './tokens.ts';

/** A metric's or field's name that is not one word is written as a string where that is allowed. */
const PLAIN = /^[\p{L}_][\p{L}\p{N}_]*(\.[\p{L}\p{N}_]+)*$/u;

const literal = (value: number | string | boolean): string =>
  typeof value === 'string' ? quote(value) : String(value);

const STRENGTH = { '+': 1, '-': 1, '*': 2, '/': 2 } as const;

function printOperand(operand: Operand, least = 0): string {
  switch (operand.kind) {
    case 'literal':
      return literal(operand.value);
    case 'field':
      return operand.name;
    case 'metric':
      return `${operand.aggregate}(${PLAIN.test(operand.metric) ? operand.metric : quote(operand.metric)})`;
    case 'negative':
      return `-${printOperand(operand.operand, 3)}`;
    case 'arithmetic': {
      const strength = STRENGTH[operand.operator];
      // Left to right: only a right side of the same strength needs its parentheses.
      const text = `${printOperand(operand.left, strength)} ${operand.operator} ${printOperand(operand.right, strength + 1)}`;
      return strength < least ? `(${text})` : text;
    }
  }
}

const ORDER = { or: 1, and: 2 } as const;

export function printQuery(expression: Expression, least = 0): string {
  switch (expression.kind) {
    case 'or':
    case 'and': {
      const order = ORDER[expression.kind];
      const text = expression.terms.map((term) => printQuery(term, order + 1)).join(` ${expression.kind} `);
      return order < least ? `(${text})` : text;
    }
    case 'not':
      return `not ${printQuery(expression.term, 3)}`;
    case 'compare':
      return `${printOperand(expression.left)} ${expression.operator} ${printOperand(expression.right)}`;
    case 'in':
      return `${printOperand(expression.operand)} in (${expression.values.map(({ value }) => literal(value)).join(', ')})`;
    case 'contains':
      return `${printOperand(expression.operand)} contains ${literal(expression.value.value)}`;
    case 'none':
      return `${printOperand(expression.operand)} is none`;
    case 'true':
      return printOperand(expression.operand);
  }
}
