/** What is not answered: the error as JSON for a program, its words for a person who opened the address in a browser. */
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { toErrorValue, UnrollError, type ErrorCode, type ErrorValue } from '../../../shared/errors.ts';
import { recordFailure } from '../failures.ts';

/** What was not asked wrongly (400), or so that the number says more. */
const STATUS: Partial<Record<ErrorCode, ContentfulStatusCode>> = {
  'not-found': 404,
  'file-too-large': 413,
  internal: 500,
  'checkpoint-damaged': 500,
  'device-lost': 500,
  'engine-unavailable': 500,
  'out-of-memory': 500,
  'path-not-writable': 500,
  'shader-failed': 500,
  'training-child-died': 500,
  'workspace-damaged': 500,
  cancelled: 503,
  'too-busy': 503,
  'workspace-busy': 503,
  'disk-full': 507,
};

/** @param reason with its full stop. @param fix what to do, a sentence */
export function refuse(
  context: Context,
  status: 400 | 401 | 403 | 404 | 405 | 429 | 503,
  reason: string,
  fix: string,
): Response {
  return answer(context, status, new UnrollError('request-refused', { reason, fix }).toValue());
}

/** What was thrown while a request was answered; what was not expected goes to the log. */
export function answerError(context: Context, workspace: string, error: unknown): Response {
  const value = toErrorValue(error);
  // Who has hung up hears nothing, and that they did is no failure.
  if (value.code === 'internal' && !context.req.raw.signal.aborted) recordFailure(workspace, error);
  return answer(context, STATUS[value.code] ?? 400, value);
}

/** The address is not told again: what others made of it need not be shown. */
export const answerNothingHere = (context: Context): Response =>
  refuse(context, 404, 'there is nothing at this address.', 'Predictions are asked for with POST /predict.');

/** For an address that takes other methods. @param fix what to do, a sentence */
export const refuseMethod =
  (allowed: string, fix: string) =>
  (context: Context): Response => {
    context.header('Allow', allowed);
    return refuse(context, 405, `${context.req.method} is not for this address.`, fix);
  };

function answer(context: Context, status: ContentfulStatusCode, value: ErrorValue): Response {
  const isPerson = context.req.header('accept')?.includes('text/html') ?? false;
  return isPerson ? context.text(`${value.message} ${value.hint}`, status) : context.json(value, status);
}
