/** What is not answered: the error as JSON for a program, its words for a person who opened the address in a browser. */
import type { Context } from 'hono';
import { UnrollError, type ErrorValue } from '../../../shared/errors.ts';

type Status = 401 | 403 | 404 | 429;

/** @param reason with its full stop. @param fix what to do, a sentence */
export function refuse(context: Context, status: Status, reason: string, fix: string): Response {
  return answer(context, status, new UnrollError('request-refused', { reason, fix }).toValue());
}

/** The address is not told again: what others made of it need not be shown. */
export const answerNothingHere = (context: Context): Response =>
  refuse(context, 404, 'there is nothing at this address.', 'Predictions are asked for with POST /predict.');

function answer(context: Context, status: Status, value: ErrorValue): Response {
  const isPerson = context.req.header('accept')?.includes('text/html') ?? false;
  return isPerson ? context.text(`${value.message} ${value.hint}`, status) : context.json(value, status);
}
