import { describe, expect, it } from 'vitest';
import type { LayerDefinition } from '../../../../src/shared/layers/layer.ts';
import { layerDefinition, layerDefinitions } from '../../../../src/shared/layers/index.ts';
import { startsOf } from './starts.ts';

const recurrent = layerDefinitions.filter(({ family }) => family === 'recurrent');
const inputs = [[null, 9, 4]];

/** A layer in all ways its drawing can differ. */
const variants: [string, LayerDefinition, Record<string, unknown>][] = [
  ...recurrent.map((definition): [string, LayerDefinition, Record<string, unknown>] => [
    definition.type,
    definition,
    { ...startsOf(definition.type).config },
  ]),
  ['GRU, reset after', layerDefinition('GRU'), { units: 3 }],
  ['BookLSTM, old carry', layerDefinition('BookLSTM'), { units: 3 }],
];

describe.each(variants)('the drawing of %s', (_name, definition, given) => {
  const config = definition.schema.parse(given);
  const drawing = definition.drawing!(config);
  const pieces = [...drawing.symbols, ...drawing.wires];

  it('has pieces for every equation, and none that belong to no equation', () => {
    const parts = new Set(definition.equations(config, inputs).flatMap(({ part }) => part ?? []));
    expect(parts.size).toBeGreaterThan(0);
    expect(new Set(pieces.flatMap((piece) => piece.parts))).toEqual(parts);
    expect(pieces.every((piece) => piece.parts.length > 0)).toBe(true);
  });

  it('stays within its frame, with straight wires', () => {
    for (const { at } of drawing.symbols) {
      expect(at[0]).toBeGreaterThan(0);
      expect(at[0]).toBeLessThan(drawing.width);
      expect(at[1]).toBeGreaterThan(0);
      expect(at[1]).toBeLessThan(drawing.height);
    }
    for (const { path } of drawing.wires) expect(path).toMatch(/^M\d+ \d+( [HV]\d+)+$/);
  });
});

describe('symbols', () => {
  it('have the sizes of the weights, as Keras shows them', () => {
    const lstm = layerDefinition('LSTM');
    const config = lstm.schema.parse({ units: 32 });
    expect(lstm.symbols!(config, [[null, 500, 32]]).map(({ plain, shape }) => [plain, shape])).toEqual([
      ['x_t', [32]],
      ['h_t', [32]],
      ['W', [32, 128]],
      ['R', [32, 128]],
      ['b', [128]],
      ['c_t', [32]],
    ]);
  });

  it.each(
    layerDefinitions.filter(({ symbols }) => symbols).map((definition) => [definition.type, definition]),
  )('of %s hold every weight', (type, definition) => {
    const { config, inputs: shapes } = startsOf(type);
    const parsed = definition.schema.parse(config);
    const sizes = new Set(definition.symbols!(parsed, shapes).map(({ shape }) => shape.join()));
    const weights = definition.weights(parsed, shapes).map(({ shape }) => shape.join());
    expect(weights.filter((size) => !sizes.has(size))).toEqual([]);
  });
});

it('a Bidirectional walks once from each end', () => {
  const both = layerDefinition('Bidirectional');
  const walks = (config: object) =>
    both.walks!(both.schema.parse({ layer: { type: 'LSTM', config: { units: 3, ...config } } }));
  expect(walks({}).map(({ backwards }) => backwards)).toEqual([false, true]);
  expect(walks({ return_sequences: true })[0]).toEqual({
    cell: 'LSTM',
    states: ['h', 'c'],
    backwards: false,
    sequences: true,
  });
});
