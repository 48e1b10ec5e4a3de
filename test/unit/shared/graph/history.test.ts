import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  applyDiff,
  diffGraphs,
  graphDiffSchema,
  invertDiff,
  isEmptyDiff,
} from '../../../../src/shared/graph/diff.ts';
import {
  emptyGraph,
  insertAfter,
  newNode,
  placeNodes,
  removeNodes,
  configure,
} from '../../../../src/shared/graph/edit.ts';
import type { ModelGraph } from '../../../../src/shared/graph/graph.ts';
import {
  emptyHistory,
  historyOf,
  journalChange,
  journalOf,
  recordEdit,
  redo,
  seal,
  undo,
  type EditHistory,
  type Travelled,
} from '../../../../src/shared/graph/history.ts';
import { findTemplate } from '../../../../src/shared/graph/templates.ts';
import { twoBranches } from './graphs.ts';
import { anyEdit } from './random-edits.ts';

const lstm = findTemplate('lecture-lstm')!.graph;
const starts = fc.constantFrom(lstm, twoBranches, emptyGraph('new'));

/** All edits recorded, each a step of its own. */
function edited(start: ModelGraph, edits: readonly ((graph: ModelGraph) => ModelGraph)[]): Travelled {
  return edits.reduce<Travelled>(
    ({ history, graph }, edit) => {
      const after = edit(graph);
      return { history: recordEdit(history, graph, after, 'Edit'), graph: after };
    },
    { history: emptyHistory, graph: start },
  );
}

function whole(
  { history, graph }: Travelled,
  step: (history: EditHistory, graph: ModelGraph) => Travelled | null,
): Travelled {
  for (let next = step(history, graph); next; next = step(history, graph)) ({ history, graph } = next);
  return { history, graph };
}

describe('a diff', () => {
  it('turns one graph into the other and back, whatever was edited, and survives being stored', () => {
    fc.assert(
      fc.property(starts, fc.array(anyEdit, { maxLength: 6 }), (start, edits) => {
        const after = edits.reduce((graph, edit) => edit(graph), start);
        const diff = graphDiffSchema.parse(JSON.parse(JSON.stringify(diffGraphs(start, after))));
        expect(applyDiff(diff, start)).toEqual(after);
        expect(applyDiff(invertDiff(diff), after)).toEqual(start);
        expect(invertDiff(invertDiff(diff))).toEqual(diff);
        expect(isEmptyDiff(diff)).toBe(JSON.stringify(start) === JSON.stringify(after));
      }),
      { numRuns: 500 },
    );
  });

  it('names only the layers an edit touched', () => {
    const wider = diffGraphs(lstm, configure(lstm, ['lstm'], { units: 64 }));
    expect(wider).toEqual({
      added: [],
      updated: { lstm: [lstm.nodes[2], { ...lstm.nodes[2], config: { units: 64 } }] },
      removed: [],
      order: null,
      name: null,
    });
    const deeper = diffGraphs(lstm, insertAfter(lstm, newNode(lstm, 'Dropout'), 'lstm'));
    expect(deeper.added.map(({ at, node }) => [at, node.id])).toEqual([[3, 'dropout']]);
    expect(Object.keys(deeper.updated)).toEqual(['dense']);
  });
});

describe('undo and redo', () => {
  it('to the start and to the end give the very same models, with no limit', () => {
    fc.assert(
      fc.property(starts, fc.array(anyEdit, { maxLength: 40 }), (start, edits) => {
        const end = edited(start, edits);
        const begun = whole(end, undo);
        expect(begun.graph).toEqual(start);
        expect(begun.history.done).toEqual([]);
        const again = whole(begun, redo);
        expect(again.graph).toEqual(end.graph);
        expect(journalOf(again.history)).toEqual(journalOf(end.history));
      }),
      { numRuns: 300 },
    );
    const many = Array.from(
      { length: 2000 },
      (_, i) => (graph: ModelGraph) => configure(graph, ['lstm'], { units: i + 1 }),
    );
    expect(whole(edited(lstm, many), undo).graph).toEqual(lstm);
  });

  it('go on from a stored journal', () => {
    fc.assert(
      fc.property(starts, fc.array(anyEdit, { maxLength: 10 }), fc.nat(5), (start, edits, back) => {
        let now = edited(start, edits);
        for (let i = 0; i < back; i++) now = undo(now.history, now.graph) ?? now;
        const stored = JSON.parse(JSON.stringify(journalOf(now.history))) as ReturnType<typeof journalOf>;
        const restarted = { history: historyOf(stored), graph: now.graph };
        expect(whole(restarted, undo).graph).toEqual(start);
        expect(whole(restarted, redo).graph).toEqual(whole(now, redo).graph);
      }),
      { numRuns: 200 },
    );
  });

  it('a new edit forgets what was undone; one that changes nothing is no step', () => {
    const one = edited(lstm, [(graph) => removeNodes(graph, ['dense'])]);
    const back = undo(one.history, one.graph)!;
    expect(recordEdit(back.history, back.graph, { ...lstm }, 'Nothing')).toBe(back.history);
    const other = recordEdit(back.history, back.graph, { ...lstm, name: 'other' }, 'Rename');
    expect(other.undone).toEqual([]);
    expect(undo(emptyHistory, lstm)).toBeNull();
    expect(redo(emptyHistory, lstm)).toBeNull();
  });
});

describe('one drag, and one typed value, is one step', () => {
  const drag = (history: EditHistory, graph: ModelGraph, x: number): Travelled => {
    const after = placeNodes(graph, { lstm: { x, y: 0 } });
    return { history: recordEdit(history, graph, after, 'Move lstm', 'move lstm'), graph: after };
  };
  const start = placeNodes(lstm, { lstm: { x: 0, y: 0 } });

  it('until it is sealed', () => {
    let now = [10, 20, 30].reduce<Travelled>((state, x) => drag(state.history, state.graph, x), {
      history: emptyHistory,
      graph: start,
    });
    expect(now.history.done).toHaveLength(1);
    now = drag(seal(now.history), now.graph, 40);
    expect(now.history.done).toHaveLength(2);
    const once = undo(now.history, now.graph)!;
    expect(once.graph.nodes[2]!.position).toEqual({ x: 30, y: 0 });
    expect(undo(once.history, once.graph)!.graph).toEqual(start);
  });

  it('other edits in between keep two drags apart', () => {
    const first = drag(emptyHistory, start, 10);
    const wider = configure(first.graph, ['lstm'], { units: 64 });
    const second = drag(recordEdit(first.history, first.graph, wider, 'Units', 'units of lstm'), wider, 20);
    expect(second.history.done.map(({ label }) => label)).toEqual(['Move lstm', 'Units', 'Move lstm']);
  });

  it('and none when it ends where it began', () => {
    const away = drag(emptyHistory, start, 10);
    const back = drag(away.history, away.graph, 0);
    expect(back.history.done).toEqual([]);
    // What follows is a step of its own, not part of the one that vanished.
    expect(drag(back.history, back.graph, 5).history.done).toHaveLength(1);
  });
});

it('a journal is brought up to date by the steps that differ', () => {
  const end = edited(lstm, [
    (graph) => configure(graph, ['lstm'], { units: 8 }),
    (graph) => configure(graph, ['lstm'], { units: 9 }),
    (graph) => removeNodes(graph, ['embedding']),
  ]);
  const stored = journalOf(end.history);
  const back = undo(end.history, end.graph)!;
  expect(journalChange(stored, journalOf(back.history))).toEqual({ from: 3, steps: [], done: 2 });
  const other = recordEdit(back.history, back.graph, { ...back.graph, name: 'other' }, 'Rename');
  const change = journalChange(stored, journalOf(other));
  expect(change).toMatchObject({ from: 2, done: 3, steps: [{ label: 'Rename' }] });
});
