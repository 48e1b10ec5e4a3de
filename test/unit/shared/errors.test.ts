import { describe, expect, it } from 'vitest';
import { ERRORS, UnrollError, type ErrorCode } from '../../../src/shared/errors.ts';

const codes = Object.keys(ERRORS) as ErrorCode[];
/** Whatever name a template asks for, this is its value. */
const allValues = (value: string): Record<string, unknown> =>
  new Proxy({}, { get: () => value, has: () => true });
const ONE_END = /[^.!?\s][.!?]$/;

describe.each(codes)('%s', (code) => {
  it.each(['it is so', 'it is so.', 'is it so?'])(
    'ends message and hint once, with a value like "%s"',
    (value) => {
      const { message, hint } = new UnrollError(code, allValues(value));
      expect(message).toMatch(ONE_END);
      expect(hint).toMatch(ONE_END);
    },
  );

  it('speaks to the window and to the command line alike', () => {
    const { message, hint } = new UnrollError(code, allValues('it'));
    expect(`${message} ${hint}`).not.toMatch(/--\w|\bunroll [a-z]|\b[Cc]lick|\bbutton/);
  });
});

it('a run that diverged keeps a checkpoint only where there is one', () => {
  const hint = (kept: boolean) => new UnrollError('training-diverged', { learningRate: 0.5, kept }).hint;
  expect(hint(true)).toContain('is kept');
  expect(hint(false)).not.toContain('kept');
  for (const kept of [true, false])
    expect(hint(kept)).toMatch(/lower learning rate \(it was 0\.5\).*clipnorm/);
});
