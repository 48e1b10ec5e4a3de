import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileQuery } from '../../../../src/shared/query/evaluate.ts';
import { parseQuery } from '../../../../src/shared/query/parse.ts';
import { printQuery } from '../../../../src/shared/query/print.ts';
import type { QueryProblem } from '../../../../src/shared/query/syntax.ts';
import { expression } from './expressions.ts';
import { rows, source } from './rows.ts';

/** The names of the rows a query matches, or what is wrong with it. */
function ask(text: string): string[] | QueryProblem {
  const read = parseQuery(text);
  if ('problem' in read) return read.problem;
  const compiled = compileQuery(read.expression, source);
  if ('problem' in compiled) return compiled.problem;
  return rows.filter(compiled.matches).map(({ name }) => name);
}

const [lstm, simple, none] = rows.map(({ name }) => name);

describe('a query', () => {
  it.each([
    ['', [lstm, simple, none]],
    ['model.cell = "lstm" and best(val_acc) > 0.85', [lstm]],
    ['epochs = 10 and not pinned', [simple]],
    ['pinned or epochs < 5', [lstm, none]],
    ['epochs > 5 and pinned or epochs = 3', [lstm, none]],
    ['epochs > 5 and (pinned or epochs = 3)', [lstm]],
    ['model.cell in ("LSTM", "gru")', [lstm]],
    ['model.cell not in ("LSTM")', [simple, none]],
    ['epochs in (3, -1)', [none]],
    ['name contains "LECTURE"', [lstm, simple]],
    ['name contains "\\"recurrent\\""', [none]],
    ["name not contains 'lecture'", [none]],
    ['tags contains "baseline"', [lstm]],
    ['tags is none', [simple]],
    ['model.cell is not none', [lstm, simple]],
    ['best(val_acc) is none', [none]],
    ['last("val_acc") <= 0.83', [simple]],
    ['epoch(val_acc) = 10', [lstm, simple]],
    ['created > "2026-11-01"', [lstm]],
    ['created < "2026-11-05 12:30" and created > "2026-11-05 11:30"', [lstm]],
    ['(epochs + 2) * 2 >= 24', [lstm, simple]],
    ['epochs - 2 - 1 = 7', [lstm, simple]],
    ['-epochs < -5 and pinned = true', [lstm]],
    ['epochs < 10s', [none]],
    ['((pinned))', [lstm]],
  ])('%s', (text, expected) => {
    expect(ask(text)).toEqual(expected);
  });

  it('matches nothing by a comparison with what a run does not have, not even by !=', () => {
    expect(ask('best(val_acc) != 0.5')).toEqual([lstm, simple]);
    expect(ask('model.cell != "gru"')).toEqual([lstm, simple]);
  });
});

describe('a query that cannot be read', () => {
  it.each([
    ['modell.cell = "lstm"', 0, 11, 'Did you mean model.cell?'],
    ['cell = "lstm"', 0, 4, 'Did you mean model.cell?'],
    ['val_acc > 0.8', 0, 7, 'Did you mean best(val_acc)?'],
    ['best(val_ac) > 0.8', 0, 12, 'Did you mean val_acc?'],
    ['mean(val_acc) > 0.8', 0, 4, 'best(…)'],
    ['pinned && epochs > 3', 7, 9, 'Write and'],
    ['epochs == 3', 7, 9, 'Write one ='],
    ['model.cell = lstm', 13, 17, 'Write "lstm"'],
    ['name = lecture-lstm-2', 7, 21, 'Write "lecture-lstm-2"'],
    ['model.cell in (lstm)', 15, 19, 'Put text in quotes: "lstm"'],
    ['name = "lstm', 7, 12, 'Close it with "'],
    ['(pinned', 0, 1, 'Add )'],
    ['best(val_acc > 0.5', 4, 5, 'Write best(val_acc).'],
    ['tags has "x"', 5, 8, 'Write contains'],
    ['name ~ "x"', 5, 6, 'Write contains'],
    ['pinned)', 6, 7, 'open one before'],
    ['epochs >', 8, 8, 'is expected'],
    ['epochs', 0, 6, 'Compare it with a number'],
    ['epochs > "many"', 9, 15, 'Compare it with a number'],
    ['name > "a"', 0, 4, 'in or contains'],
    ['created > "tomorrow"', 10, 20, '2026-11-01'],
    ['created > "2026-02-30"', 10, 22, '2026-11-01'],
    ['tags = "x"', 7, 10, 'contains a word'],
    ['name + 1 = 2', 0, 4, 'in or contains'],
    ['epochs is 3', 10, 11, 'is none'],
    ['pinned epochs', 7, 13, 'Join conditions with and'],
    ['epochs # 3', 7, 8, 'quotes'],
  ])('%s says where and what instead', (text, from, to, hint) => {
    const problem = ask(text) as QueryProblem;
    expect(problem).toMatchObject({ from, to });
    expect(problem.hint).toContain(hint);
    expect(`${problem.message} ${problem.hint}`).not.toContain('undefined');
  });

  it('is refused, not overrun, when it nests without end', () => {
    for (const text of ['('.repeat(5000), 'not '.repeat(5000), `epochs > ${'-'.repeat(5000)}1`])
      expect(ask(text)).toMatchObject({ message: 'The filter is nested too deeply.' });
  });
});

const withoutPlaces = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (key, item: unknown) => (key === 'from' || key === 'to' ? undefined : item)),
  );

describe('reading queries', () => {
  it('gives back what was printed', () => {
    fc.assert(
      fc.property(expression, (given) => {
        const read = parseQuery(printQuery(given));
        expect('expression' in read && withoutPlaces(read.expression)).toEqual(withoutPlaces(given));
      }),
    );
  });

  it('answers any text with an expression or a place within it', () => {
    const pieces = fc.array(
      fc.oneof(
        fc.constantFrom(
          'and',
          'or',
          'not',
          '(',
          ')',
          '=',
          '"',
          "'",
          'best(',
          'in',
          'is',
          'none',
          '3',
          '-',
          ',',
          'epochs',
          'contains',
          '\\',
          ' ',
        ),
        fc.string(),
      ),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(pieces, (parts) => {
        const text = parts.join(' ');
        const answer = ask(text);
        if (Array.isArray(answer)) return;
        expect(answer.from).toBeGreaterThanOrEqual(0);
        expect(answer.to).toBeLessThanOrEqual(text.length);
        expect(answer.to).toBeGreaterThanOrEqual(answer.from);
      }),
    );
  });

  it('keeps to the laws of and, or and not', () => {
    const condition = fc.constantFrom(
      'pinned',
      'epochs > 5',
      'best(val_acc) > 0.85',
      'tags is none',
      'model.cell = "lstm"',
    );
    fc.assert(
      fc.property(condition, condition, (a, b) => {
        expect(ask(`not (${a} and ${b})`)).toEqual(ask(`not ${a} or not ${b}`));
        expect(ask(`not not ${a}`)).toEqual(ask(a));
        expect(ask(`${a} or ${b} and ${a}`)).toEqual(ask(a));
      }),
    );
  });
});
