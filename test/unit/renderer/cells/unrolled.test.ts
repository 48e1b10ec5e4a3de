import { describe, expect, it } from 'vitest';
import { unroll } from '../../../../src/renderer/cells/unrolled.ts';
import type { Walk } from '../../../../src/shared/layers/layer.ts';

const walk = (changes: Partial<Walk> = {}): Walk => ({
  cell: 'LSTM',
  states: ['h', 'c'],
  backwards: false,
  sequences: false,
  ...changes,
});
const shownSteps = (walks: Walk[]) =>
  unroll(walks, 4).rows.map(({ cells }) => cells.filter(({ shown }) => shown).map(({ step }) => step));

describe('a layer over time', () => {
  it('hands on the output of the step it ends at, or of all', () => {
    expect(shownSteps([walk()])).toEqual([[3]]);
    expect(shownSteps([walk({ backwards: true })])).toEqual([[0]]);
    expect(shownSteps([walk({ sequences: true })])).toEqual([[0, 1, 2, 3]]);
    expect(shownSteps([walk(), walk({ backwards: true })])).toEqual([[3], [0]]);
  });

  it('goes from step to step in its direction, and begins beside the first', () => {
    const [forward] = unroll([walk()], 3).rows;
    expect(forward!.cells.map(({ step }) => step)).toEqual([0, 1, 2]);
    expect(forward!.startX).toBeLessThan(forward!.cells[0]!.x);
    const [backward] = unroll([walk({ backwards: true })], 3).rows;
    expect(backward!.cells.map(({ step }) => step)).toEqual([2, 1, 0]);
    expect(backward!.startX).toBeGreaterThan(backward!.cells[0]!.x);
  });

  it('shows the loop for one walk, and has room for everything', () => {
    for (const walks of [[walk()], [walk(), walk({ backwards: true })]]) {
      const view = unroll(walks, 4);
      expect(view.folded !== null).toBe(walks.length === 1);
      const places = view.rows.flatMap(({ startX, cells }) => [startX, ...cells.map(({ x }) => x)]);
      expect(Math.min(...places)).toBeGreaterThan(0);
      expect(Math.max(...places)).toBeLessThan(view.width);
      expect(Math.max(view.inputsY, ...view.rows.map(({ weightsY }) => weightsY))).toBeLessThan(view.height);
    }
  });
});
