/** Defaults of layers, optimizers and callbacks, shapes and parameter counts: those of Keras. */
import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/shared/graph/analyse.ts';
import { layerDefinition } from '../../src/shared/layers/index.ts';
import { optimizerSchema, reduceOnPlateauSchema } from '../../src/shared/training.ts';
import { readDefaults, readFixtures } from './fixtures.ts';

const keras = readDefaults();

/** What a layer cannot do without; everything else has a default. */
const REQUIRED: Record<string, Record<string, unknown>> = {
  Embedding: { input_dim: 3, output_dim: 2 },
  SimpleRNN: { units: 2 },
  LSTM: { units: 2 },
  GRU: { units: 2 },
  Bidirectional: { layer: { class_name: 'LSTM', config: { units: 2 } } },
  Dense: { units: 2 },
  Dropout: { rate: 0.5 },
  Activation: { activation: 'relu' },
  Conv1D: { filters: 2, kernel_size: 3 },
};

/** What Keras takes where null stands: no activation is `linear`, and its own data format, unless set, is `channels_last`. */
const same = (value: unknown): unknown => (value === 'linear' || value === 'channels_last' ? null : value);

describe('the catalogue has the defaults of Keras', () => {
  it.each(Object.keys(keras.layers))('%s', (type) => {
    const config = layerDefinition(type).schema.parse(REQUIRED[type] ?? {}) as Record<string, unknown>;
    const ours = Object.entries(config).filter(([name]) => !(name in (REQUIRED[type] ?? {})));
    for (const [name, value] of ours) {
      expect(keras.layers[type], `${type} has a parameter ${name} that Keras lacks`).toHaveProperty(name);
      expect(same(value), name).toEqual(same(keras.layers[type]![name]));
    }
  });
});

describe('optimizers have the defaults of Keras', () => {
  it.each(Object.keys(keras.optimizers))('%s', (name) => {
    const { name: _, ...config } = optimizerSchema.parse({ name });
    for (const [parameter, value] of Object.entries(config)) {
      expect(value, parameter).toEqual(keras.optimizers[name]![parameter]);
    }
  });

  it('reduce on plateau', () => {
    for (const [parameter, value] of Object.entries(reduceOnPlateauSchema.parse({}))) {
      expect(value, parameter).toEqual(keras.callbacks.ReduceLROnPlateau![parameter]);
    }
  });
});

const TOPICS = [
  ...['simple-rnn', 'lstm', 'gru', 'gru-reset-before', 'book-lstm', 'recurrent-options'],
  ...['stacked', 'bidirectional', 'layers', 'parameters', 'losses', 'lecture'],
];

describe.each(TOPICS)('shapes and parameter counts of %s', (topic) => {
  it.each(readFixtures(topic).map((fixture) => ({ name: fixture.name, fixture })))('$name', ({ fixture }) => {
    const { nodes, problems, parameters } = analyse(fixture.header.graph);
    expect(problems).toEqual([]);
    expect(parameters).toBe(fixture.header.parameters);
    const ours = fixture.header.layers.map(({ id }) => {
      const node = nodes.get(id)!;
      return { id, shape: node.shape, parameters: node.parameters };
    });
    expect(ours).toEqual(fixture.header.layers);
  });
});
