import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyse } from '../../../../src/shared/graph/analyse.ts';
import { applyDiff, diffGraphs, invertDiff } from '../../../../src/shared/graph/diff.ts';
import { CELLS, hasCells, swapCells, type CellType } from '../../../../src/shared/graph/swap-cell.ts';
import { chain, findTemplate, templates } from '../../../../src/shared/graph/templates.ts';
import { configure } from '../../../../src/shared/graph/edit.ts';
import { graphOf, node } from './graphs.ts';

const template = (name: string) => findTemplate(name)!.graph;

describe('swapping the cell', () => {
  it("makes the lecture's models out of one another", () => {
    expect(swapCells(template('lecture-simple-rnn'), 'LSTM').graph).toEqual(template('lecture-lstm'));
    expect(swapCells(template('lecture-lstm'), 'SimpleRNN').graph).toEqual(template('lecture-simple-rnn'));
    expect(swapCells(template('lecture-lstm'), 'BookLSTM')).toMatchObject({
      graph: template('lecture-book-lstm'),
      swapped: ['book_lstm'],
      lost: [],
      parametersBefore: 328_353,
      parametersAfter: 329_377,
    });
  });

  it('of a stack and of both directions, and leaves everything else as it was', () => {
    const stack = swapCells(template('lecture-stacked-simple-rnn'), 'GRU');
    expect(stack.swapped).toEqual(['gru', 'gru_1', 'gru_2', 'gru_3']);
    expect(stack.graph.name).toBe('lecture-stacked-gru');
    expect(stack.graph.nodes.map(({ config }) => config)).toEqual(
      template('lecture-stacked-simple-rnn').nodes.map(({ config }) => config),
    );
    const both = swapCells(template('bidirectional-lstm'), 'GRU').graph;
    expect(both.nodes[2]).toMatchObject({ id: 'bidirectional', config: { layer: { type: 'GRU' } } });
  });

  it('keeps names the user gave, and says what the new cell cannot keep', () => {
    const graph = chain('mine', [
      ['input', 'Input', { shape: [9, 2] }],
      ['memory', 'LSTM', { units: 4, dropout: 0.2, recurrent_dropout: 0, unit_forget_bias: false }],
    ]);
    const swap = swapCells(graph, 'BookLSTM');
    expect(swap.graph.name).toBe('mine-book-lstm');
    expect(swap.graph.nodes[1]).toEqual(
      node('memory', 'BookLSTM', { units: 4, unit_forget_bias: false }, 'input'),
    );
    expect(swap.lost).toEqual(['dropout of memory']);
    expect(swapCells(graph, 'SimpleRNN').lost).toEqual(['unit_forget_bias of memory']);
  });

  it('of a model without one, or to the kind it has, swaps nothing', () => {
    expect(swapCells(template('gru'), 'GRU')).toMatchObject({ swapped: [], matched: true });
    expect(hasCells(template('gru'))).toBe(true);
    expect(hasCells(graphOf(node('x', 'Input', { shape: [2] })))).toBe(false);
  });
});

describe('with as many parameters', () => {
  it('no whole number of units of one layer comes nearer', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<CellType>(...CELLS),
        fc.constantFrom<CellType>(...CELLS),
        fc.integer({ min: 1, max: 80 }),
        fc.integer({ min: 1, max: 40 }),
        (from, to, units, width) => {
          const graph = chain('one', [
            ['input', 'Input', { shape: [9, width] }],
            ['rnn', from, { units }],
            ['dense', 'Dense', { units: 1 }],
          ]);
          const { graph: swapped, parametersAfter, parametersBefore } = swapCells(graph, to, true);
          const distance = Math.abs(parametersAfter - parametersBefore);
          const chosen = Number(swapped.nodes[1]!.config.units);
          for (const other of [chosen - 1, chosen + 1].filter((size) => size > 0)) {
            const { parameters } = analyse(configure(swapped, ['rnn'], { units: other }));
            expect(Math.abs(parameters - parametersBefore)).toBeGreaterThanOrEqual(distance);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it('the LSTM of the lecture becomes a SimpleRNN of 76 units', () => {
    const { graph, parametersAfter } = swapCells(template('lecture-lstm'), 'SimpleRNN', true);
    expect(graph.nodes[2]!.config).toEqual({ units: 76 });
    expect(parametersAfter).toBe(328_361);
  });

  it('a stack keeps its proportions and comes within a hundredth', () => {
    const graph = chain('stack', [
      ['input', 'Input', { shape: [50, 3] }],
      ['a', 'LSTM', { units: 64, return_sequences: true }],
      ['b', 'LSTM', { units: 32, return_sequences: true }],
      ['c', 'LSTM', { units: 16 }],
      ['dense', 'Dense', { units: 1 }],
    ]);
    const { graph: swapped, parametersBefore, parametersAfter } = swapCells(graph, 'SimpleRNN', true);
    expect(Math.abs(parametersAfter / parametersBefore - 1)).toBeLessThan(0.01);
    const units = swapped.nodes.slice(1, 4).map(({ config }) => Number(config.units));
    expect(units[0]! / units[1]!).toBeCloseTo(2, 0);
    expect(units[1]! / units[2]!).toBeCloseTo(2, 0);
  });

  it('a sum that needs the size there is keeps its units, and that is said', () => {
    const graph = graphOf(
      node('input', 'Input', { shape: [9, 8] }),
      node('rnn', 'LSTM', { units: 8, return_sequences: true }, 'input'),
      node('sum', 'Add', {}, 'input', 'rnn'),
    );
    const swap = swapCells(graph, 'GRU', true);
    expect(swap.matched).toBe(false);
    expect(analyse(swap.graph).problems).toEqual([]);
  });
});

it('any template to any cell is a sound model, one step to undo', () => {
  for (const { graph } of templates)
    for (const to of CELLS)
      for (const match of [false, true]) {
        const { graph: swapped } = swapCells(graph, to, match);
        expect(analyse(swapped).problems, `${graph.name} to ${to}`).toEqual([]);
        expect(applyDiff(invertDiff(diffGraphs(graph, swapped)), swapped)).toEqual(graph);
      }
});
