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

const NUMBER = new Intl.NumberFormat('en-US', { maximumFractionDigits: 20 });
/** A bound as a person writes it: `10,000,000`. */
const bound = (value: number | bigint | Date): string =>
  value instanceof Date ? value.toISOString() : NUMBER.format(value);

/** What is counted of a value that has a length. */
const COUNTED: Readonly<Record<string, string>> = {
  string: 'characters',
  array: 'entries',
  record: 'entries',
};

/** A shape has sizes. */
const countedOf = ({ origin, path }: { origin: string; path: readonly PropertyKey[] }): string =>
  path.at(-1) === 'shape' ? 'sizes' : COUNTED[origin]!;

/** What the value must be, to follow its name: `must be at least 1`. */
export function issueWords(issue: z.core.$ZodIssue): string {
  if (issue.code === 'too_small' && COUNTED[issue.origin])
    return issue.minimum === 1
      ? 'must not be empty'
      : `must have at least ${bound(issue.minimum)} ${countedOf(issue)}`;
  if (issue.code === 'too_big' && COUNTED[issue.origin])
    return `must have at most ${bound(issue.maximum)} ${countedOf(issue)}`;
  if (issue.code === 'too_small')
    return `must be ${issue.inclusive ? 'at least' : 'above'} ${bound(issue.minimum)}`;
  if (issue.code === 'too_big')
    return `must be ${issue.inclusive ? 'at most' : 'below'} ${bound(issue.maximum)}`;
  if (issue.code === 'invalid_type') return `must be ${KINDS[issue.expected] ?? `a ${issue.expected}`}`;
  if (issue.code === 'invalid_value') return `must be one of ${issue.values.join(', ')}`;
  if (issue.code === 'unrecognized_keys') return `has no ${issue.keys.join(', ')}`;
  if (issue.code === 'invalid_union') return 'is none of the kinds there are';
  return `is not valid: ${issue.message.replace(/\.$/, '')}`;
}

/** A schema's own words begin like this; a check with words of its own is better said in those. */
const FROM_ZOD = /^(Too |Invalid |Unrecognized )/;

/** Where a value does not fit, and why, to follow `is not valid:`. The innermost first complaint is told. */
export function complaint(error: z.ZodError): { path: string; reason: string } {
  const { issue, path } = innermost(error);
  const missing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
  const words = missing ? 'is missing' : issueWords(issue);
  const reason = FROM_ZOD.test(issue.message) ? `it ${words}.` : `${issue.message.replace(/\.$/, '')}.`;
  return { path: path.map(String).join('.'), reason };
}

/** A union's own message says less than its best branch's. */
function innermost(error: z.ZodError): { issue: z.core.$ZodIssue; path: readonly PropertyKey[] } {
  let issue: z.core.$ZodIssue = error.issues[0]!;
  let path: readonly PropertyKey[] = issue.path;
  for (;;) {
    const branches = issue.code === 'invalid_union' ? issue.errors : [];
    const [next] = branches.toSorted((a, b) => depth(b) - depth(a))[0] ?? [];
    if (next === undefined) return { issue, path };
    issue = next;
    path = [...path, ...next.path];
  }
}

const depth = (issues: readonly z.core.$ZodIssue[]): number =>
  Math.max(0, ...issues.map(({ path }) => path.length));
