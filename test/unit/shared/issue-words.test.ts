import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { contract } from '../../../src/shared/contract/index.ts';
import { complaint } from '../../../src/shared/issue-words.ts';
import { trainingSchema } from '../../../src/shared/training.ts';

function complaintAbout(schema: z.ZodType, value: unknown) {
  const { error } = schema.safeParse(value);
  if (!error) throw new Error('the value fits');
  return complaint(error);
}

describe('what a schema complains of', () => {
  it.each([
    [{ batch_size: 0 }, 'batch_size', 'it must be at least 1.'],
    [{ batch_size: 1.5 }, 'batch_size', 'it must be a whole number.'],
    [{ epochs: 'many' }, 'epochs', 'it must be a number.'],
    [{ optimizer: { name: 'adam', learning_rate: -1 } }, 'optimizer.learning_rate', 'it must be above 0.'],
  ])('of %j is told in a person’s words', (value, path, reason) => {
    expect(complaintAbout(trainingSchema, value)).toEqual({ path, reason });
  });

  it('of what has a length is told by its length, and of what is missing so', () => {
    const { input } = contract['runs.edit'];
    expect(complaintAbout(input, { run: 'a', name: '' }).reason).toBe('it must not be empty.');
    expect(complaintAbout(input, { run: 'a', name: 'x'.repeat(201) }).reason).toBe(
      'it must have at most 200 characters.',
    );
    expect(complaintAbout(input, {})).toEqual({ path: 'run', reason: 'it is missing.' });
    expect(complaintAbout(z.strictObject({}), { more: 1 }).reason).toBe('it has no more.');
  });

  it('of a check with words of its own is told in those', () => {
    expect(complaintAbout(z.string().min(1, 'a layer has a name'), '').reason).toBe('a layer has a name.');
  });
});
