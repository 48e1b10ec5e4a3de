import { describe, expect, it } from 'vitest';
import { parseQuery } from '../../../../src/shared/query/parse.ts';
import { unknownText } from '../../../../src/shared/query/unknown.ts';

const texts: Record<string, string[]> = {
  status: ['done', 'failed'],
  model: ['lecture-lstm', 'lecture-simple-rnn'],
  tags: ['baseline'],
};

function unknownIn(query: string): string | null {
  const read = parseQuery(query);
  if ('problem' in read || read.expression === null) throw new Error(`${query} cannot be read`);
  return unknownText(read.expression, (field) => texts[field] ?? []);
}

describe('a text that no run has', () => {
  it('is named with what was probably meant, or with those there are', () => {
    expect(unknownIn('status = "finished"')).toBe(
      'No run has the status "finished". Those there are: done, failed.',
    );
    expect(unknownIn('epochs > 3 and model = "lecture-lstn"')).toBe(
      'No run has the model "lecture-lstn". Did you mean "lecture-lstm"?',
    );
    expect(unknownIn('status in ("done", "fail")')).toContain('"fail"');
    expect(unknownIn('tags contains "base-line"')).toContain('Did you mean "baseline"?');
  });

  it('is none where it is there, a part of it is asked for, or the field has its own in every run', () => {
    for (const query of [
      'status = "DONE"',
      'model contains "lstm"',
      'name = "x"',
      'status != "finished"',
      'epochs = 3',
    ])
      expect(unknownIn(query)).toBeNull();
  });
});
