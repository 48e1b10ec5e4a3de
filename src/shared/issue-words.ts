/** What a schema says of a value that does not fit, in a person's words. */
import type { z } from 'zod';

const KINDS: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'a word',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of settings',
};

/** What the value must be, to follow its name: `must be at least 1`. */
export function issueWords(issue: z.core.$ZodIssue): string {
  if (issue.code === 'too_small')
    return issue.inclusive ? `must be at least ${issue.minimum}` : `must be above ${issue.minimum}`;
  if (issue.code === 'too_big')
    return issue.inclusive ? `must be at most ${issue.maximum}` : `must be below ${issue.maximum}`;
  if (issue.code === 'invalid_type') return `must be ${KINDS[issue.expected] ?? `a ${issue.expected}`}`;
  if (issue.code === 'invalid_value') return `must be one of ${issue.values.join(', ')}`;
  if (issue.code === 'invalid_union') return 'is none of the kinds there are';
  return `is not valid: ${issue.message.replace(/\.$/, '')}`;
}
