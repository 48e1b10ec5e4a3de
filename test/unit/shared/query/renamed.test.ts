import { expect, it } from 'vitest';
import { renamedInQuery } from '../../../../src/shared/query/renamed.ts';

it('a query follows what it names to a new name, and keeps all else', () => {
  const renamed = (text: string) => renamedInQuery(text, 'data', 'old', 'a "new" one');
  expect(renamed('data = "old"')).toBe('data = "a \\"new\\" one"');
  expect(renamed('not (name = "old") and  data in ("OLD", "other")')).toBe(
    'not (name = "old") and  data in ("a \\"new\\" one", "other")',
  );
  expect(renamed('"old" != data or data = "old"')).toBe(
    '"a \\"new\\" one" != data or data = "a \\"new\\" one"',
  );
  for (const kept of ['data contains "old"', 'model = "old"', 'data = "older"', 'data = "old', ''])
    expect(renamed(kept)).toBe(kept);
});
