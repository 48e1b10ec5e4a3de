import { describe, expect, it } from 'vitest';
import { requireValid } from '../../../src/shared/graph/analyse.ts';
import { findTemplate } from '../../../src/shared/graph/templates.ts';
import {
  experimentKey,
  leftOutText,
  variablePaths,
  variations,
  type SweepBase,
} from '../../../src/shared/sweep.ts';
import { preprocessingSchema, trainingSchema } from '../../../src/shared/training.ts';

const base: SweepBase = {
  graph: findTemplate('lecture-simple-rnn')!.graph,
  preprocessing: preprocessingSchema.parse({}),
  training: trainingSchema.parse({}),
};
const cellsOf = ({ graph }: SweepBase) => graph.nodes.map(({ type }) => type)[2];

describe('a paired experiment', () => {
  it('is every combination of the values, with everything else as it was', () => {
    const made = variations(base, { cell: ['SimpleRNN', 'LSTM'], seed: [1, 2, 3] });
    expect(made.map(({ label }) => label)).toEqual(
      ['simplernn', 'lstm'].flatMap((cell) => [1, 2, 3].map((seed) => `${cell}-seed-${seed}`)),
    );
    expect(made.map(cellsOf)).toEqual(['SimpleRNN', 'SimpleRNN', 'SimpleRNN', 'LSTM', 'LSTM', 'LSTM']);
    expect(made[4]!.training).toEqual({ ...base.training, seed: 2 });
    expect(made[4]!.preprocessing).toEqual(base.preprocessing);
    // The cell the model has already leaves the very same model.
    expect(made[0]!.graph).toBe(base.graph);
    for (const { graph } of made) requireValid(graph);
  });

  it('reaches settings of layers, and carries them into another cell', () => {
    const [recurrent] = base.graph.nodes.filter(({ type }) => type === 'SimpleRNN');
    const [made] = variations(base, { [`layers.${recurrent!.id}.units`]: [7], 'model.cell': ['gru'] });
    const cell = made!.graph.nodes[2]!;
    expect(cell).toMatchObject({ type: 'GRU', config: { units: 7 } });
    expect(made!.changes).toEqual({ [`layers.${recurrent!.id}.units`]: 7, 'model.cell': 'gru' });
  });

  it('completes the settings of another optimizer', () => {
    const made = variations(base, { 'training.optimizer.name': ['rmsprop', 'adam'] });
    expect(made[1]!.training.optimizer).toMatchObject({ name: 'adam', beta_1: 0.9, learning_rate: 0.001 });
  });

  it('tells trainings apart by what decides how they go, however it is written', () => {
    const units = 'layers.simple_rnn.units';
    const keys = variations(base, { cell: ['LSTM', 'lstm', 'GRU'] }).map(experimentKey);
    expect(keys[1]).toBe(keys[0]);
    expect(keys[2]).not.toBe(keys[0]);
    // tanh is what a SimpleRNN has by default.
    const stated = variations(base, { 'layers.simple_rnn.activation': ['tanh', 'relu'], [units]: [32] });
    expect(stated.map((one) => experimentKey(one) === experimentKey(base))).toEqual([true, false]);
    const moved = base.graph.nodes.map((node) => ({ ...node, position: { x: 1, y: 2 } }));
    const renamed = { ...base, graph: { ...base.graph, name: 'another', nodes: moved } };
    expect(experimentKey(renamed)).toBe(experimentKey(base));
  });

  it('names what is left out, and no more than there is room for', () => {
    const leftOut = ['a', 'b', 'c', 'c'].map((name) => ({
      name,
      run: name,
      as: name === 'a' ? 'first' : name,
    }));
    expect(leftOutText(leftOut)).toBe(
      'Not trained again, as the same run is there already: a (it is first), b, c.',
    );
    expect(leftOutText(leftOut, 1)).toContain('a (it is first) and 2 more.');
    expect(leftOutText([])).toBe('');
  });

  it('takes a value given twice once', () => {
    expect(variations(base, { seed: [1, 1, 2] })).toHaveLength(2);
  });

  it.each([
    [{ use_bias: [true] }, 'it may mean layers.'],
    [{ sed: [1] }, 'no setting of this name. Did you mean seed?'],
    [{ lr: [0.1] }, 'Did you mean learning_rate?'],
    [{ 'training.seed': ['many'] }, 'training.seed is not valid'],
    [{ 'training.epochs': [0] }, 'training.epochs is not valid'],
    [{ cell: ['transformer'] }, 'there is no cell transformer'],
    [{}, 'nothing varies'],
    [
      { seed: Array.from({ length: 15 }, (_, i) => i), epochs: Array.from({ length: 15 }, (_, i) => i + 1) },
      '225 runs',
    ],
  ])('%j is refused with what is wrong', (grid, reason) => {
    expect(() => variations(base, grid)).toThrow(reason);
  });

  it('names what can be varied', () => {
    expect(variablePaths(base)).toEqual(
      expect.arrayContaining(['model.cell', 'training.optimizer.learning_rate', 'preprocessing.maxlen']),
    );
  });
});
