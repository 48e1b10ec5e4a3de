import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  applyDiff,
  diffRecords,
  History,
  invertDiff,
  isEmptyDiff,
  type Records,
} from '../../../../src/renderer/state/history.ts';

const key = fc.constantFrom('model', 'node:a', 'node:b', 'node:c', '__proto__x');
const value = fc.oneof(
  fc.integer(),
  fc.string(),
  fc.constant(null),
  fc.array(fc.integer(), { maxLength: 3 }),
  fc.record({ units: fc.integer(), name: fc.string() }),
);
const records: fc.Arbitrary<Records> = fc.dictionary(key, value);

describe('diffs of records', () => {
  it('lead from one set of records to the other, and back when inverted', () => {
    fc.assert(
      fc.property(records, records, (before, after) => {
        const diff = diffRecords(before, after);
        expect(applyDiff(diff, before)).toEqual(after);
        expect(applyDiff(invertDiff(diff), after)).toEqual(before);
        expect(invertDiff(invertDiff(diff))).toEqual(diff);
      }),
    );
  });

  it('are empty exactly where nothing changed', () => {
    fc.assert(
      fc.property(records, records, (before, after) => {
        const equal = isEmptyDiff(diffRecords(before, after));
        if (equal) expect(after).toEqual(before);
        expect(isEmptyDiff(diffRecords(before, structuredClone(before)))).toBe(true);
      }),
    );
  });
});

describe('the history', () => {
  it('undoes any edits to the start and redoes them to the end, passing through every state', () => {
    fc.assert(
      fc.property(records, fc.array(records, { maxLength: 12 }), (start, edits) => {
        const history = new History();
        const states = [start];
        for (const after of edits) {
          if (isEmptyDiff(diffRecords(states.at(-1)!, after))) continue;
          history.record(states.at(-1)!, after, 'Edit');
          states.push(after);
        }
        let now = states.at(-1)!;
        for (const expected of states.slice(0, -1).reverse()) {
          now = history.undo(now)!;
          expect(now).toEqual(expected);
        }
        expect(history.undo(now)).toBeNull();
        for (const expected of states.slice(1)) {
          now = history.redo(now)!;
          expect(now).toEqual(expected);
        }
        expect(history.redo(now)).toBeNull();
      }),
    );
  });

  it('takes edits of one typed value as one step', () => {
    const history = new History();
    history.record({ units: 32 }, { units: 3 }, 'Change units', 'units');
    history.record({ units: 3 }, { units: null }, 'Change units', 'units');
    history.record({ units: null }, { units: 64 }, 'Change units', 'units');
    expect(history.undo({ units: 64 })).toEqual({ units: 32 });
    expect(history.undoLabel).toBeNull();
    expect(history.redo({ units: 32 })).toEqual({ units: 64 });
  });

  it('starts a new step after a seal, and forgets a step that came back to where it began', () => {
    const history = new History();
    history.record({ units: 1 }, { units: 2 }, 'Change units', 'units');
    history.seal();
    history.record({ units: 2 }, { units: 3 }, 'Change units', 'units');
    history.record({ units: 3 }, { units: 2 }, 'Change units', 'units');
    expect(history.undo({ units: 2 })).toEqual({ units: 1 });
    expect(history.undo({ units: 1 })).toBeNull();
  });

  it('drops what was undone when a new edit comes', () => {
    const history = new History();
    history.record({ a: 1 }, { a: 2 }, 'First');
    history.undo({ a: 2 });
    expect(history.redoLabel).toBe('First');
    history.record({ a: 1 }, { a: 5 }, 'Second');
    expect(history.redoLabel).toBeNull();
    expect(history.undoLabel).toBe('Second');
  });
});
