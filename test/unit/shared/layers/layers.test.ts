/** Shapes and weights against Keras 3.15's (../graph/make_keras_constants.py), and what every definition promises. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findLayer, layerDefinition, layerDefinitions } from '../../../../src/shared/layers/index.ts';
import type { LayerDefinition } from '../../../../src/shared/layers/layer.ts';
import { fieldsOfSchema, startsOf } from './starts.ts';

interface KerasLayer {
  type: string;
  config: Record<string, unknown>;
  input: (number | null)[];
  shape: (number | null)[];
  weights: number[][];
}

const file = new URL('../graph/keras/shapes.json', import.meta.url);
const kerasLayers = JSON.parse(readFileSync(file, 'utf8')) as KerasLayer[];

describe("shapes and weights are Keras's", () => {
  const types = [...new Set(kerasLayers.map(({ type }) => type))];
  it.each(types)('%s', (type) => {
    const { schema, shape, weights } = layerDefinition(type);
    for (const keras of kerasLayers.filter((layer) => layer.type === type)) {
      const config = schema.parse(keras.config);
      const inputs = [[null, ...keras.input]];
      const words = JSON.stringify([keras.config, keras.input]);
      expect(shape(config, inputs), words).toEqual({ ok: true, shape: keras.shape });
      expect(
        weights(config, inputs).map((weight) => weight.shape),
        words,
      ).toEqual(keras.weights);
    }
  });

  it("the lecture's LSTM of 32 units over 32 features has 8,320 parameters, in the order Keras stores them", () => {
    const { schema, weights } = layerDefinition('LSTM');
    expect(weights(schema.parse({ units: 32 }), [[null, 500, 32]])).toEqual([
      { name: 'kernel', shape: [32, 128], initializer: 'glorot_uniform' },
      { name: 'recurrent_kernel', shape: [32, 128], initializer: 'orthogonal' },
      { name: 'bias', shape: [128], initializer: 'unit_forget' },
    ]);
  });

  it('Book LSTM has the weights of an LSTM and one from the carry to the output', () => {
    const { schema, weights } = layerDefinition('BookLSTM');
    const specs = weights(schema.parse({ units: 7 }), [[null, 9, 4]]);
    expect(specs.map(({ name, shape }) => [name, shape])).toEqual([
      ['kernel', [4, 28]],
      ['recurrent_kernel', [7, 28]],
      ['carry_kernel', [7, 7]],
      ['bias', [28]],
    ]);
  });

  it('the backward half of a Bidirectional has weights of its own name', () => {
    const { schema, weights } = layerDefinition('Bidirectional');
    const config = schema.parse({ layer: { type: 'GRU', config: { units: 3 } } });
    expect(weights(config, [[null, 9, 4]]).map(({ name }) => name)).toEqual([
      'forward_gru/kernel',
      'forward_gru/recurrent_kernel',
      'forward_gru/bias',
      'backward_gru/kernel',
      'backward_gru/recurrent_kernel',
      'backward_gru/bias',
    ]);
  });
});

describe.each(layerDefinitions.map((definition) => [definition.type, definition] as const))(
  '%s',
  (type, definition) => {
    it('explains every parameter of its schema, in the same words', () => {
      expect(Object.keys(definition.parameters).sort()).toEqual(fieldsOfSchema(definition).sort());
    });

    it('refuses a parameter it does not have', () => {
      const result = definition.schema.safeParse({ ...startsOf(type).config, momentum: 1 });
      expect(result.error?.issues[0]?.message).toContain('momentum');
    });

    it('writes only what differs from the defaults into code', () => {
      const config = definition.schema.parse(startsOf(type).config);
      expect([definition.python(config), definition.r(config)]).toEqual(CODE[type]);
    });

    it('has equations without gaps for its real sizes', () => {
      const { config, inputs } = startsOf(type);
      const text = JSON.stringify(definition.equations(definition.schema.parse(config), inputs));
      expect(text).not.toMatch(/undefined|NaN|null/);
      expect(text.length).toBeGreaterThan(10);
    });

    it('counts work and parameters as whole numbers', () => {
      const { config, inputs } = startsOf(type);
      const parsed = definition.schema.parse(config);
      expect(Number.isSafeInteger(definition.multiplyAdds(parsed, inputs))).toBe(true);
      for (const { shape } of definition.weights(parsed, inputs))
        expect(shape.every(Number.isInteger)).toBe(true);
    });
  },
);

/** The calls of `startsOf`, in Python and R. */
const CODE: Readonly<Record<string, [string, string]>> = {
  Input: ['keras.Input(shape=(500,), dtype="int32")', 'keras_input(shape = c(500), dtype = "int32")'],
  Embedding: ['layers.Embedding(10000, 32)', 'layer_embedding(input_dim = 10000, output_dim = 32)'],
  SimpleRNN: ['layers.SimpleRNN(32)', 'layer_simple_rnn(units = 32)'],
  LSTM: ['layers.LSTM(32, return_sequences=True)', 'layer_lstm(units = 32, return_sequences = TRUE)'],
  GRU: ['layers.GRU(32, reset_after=False)', 'layer_gru(units = 32, reset_after = FALSE)'],
  BookLSTM: ['BookLSTM(32, output_sees="new")', 'layer_book_lstm(units = 32, output_sees = "new")'],
  Bidirectional: [
    'layers.Bidirectional(layers.LSTM(32, dropout=0.2), merge_mode="sum")',
    'layer_bidirectional(layer = layer_lstm(units = 32, dropout = 0.2), merge_mode = "sum")',
  ],
  Dense: ['layers.Dense(1, activation="sigmoid")', 'layer_dense(units = 1, activation = "sigmoid")'],
  Activation: ['layers.Activation("relu")', 'layer_activation(activation = "relu")'],
  Dropout: ['layers.Dropout(0.5)', 'layer_dropout(rate = 0.5)'],
  LayerNormalization: [
    'layers.LayerNormalization(epsilon=1e-7)',
    'layer_layer_normalization(epsilon = 1e-7)',
  ],
  Conv1D: [
    'layers.Conv1D(64, 5, padding="causal")',
    'layer_conv_1d(filters = 64, kernel_size = 5, padding = "causal")',
  ],
  MaxPooling1D: ['layers.MaxPooling1D(pool_size=3)', 'layer_max_pooling_1d(pool_size = 3)'],
  GlobalMaxPooling1D: ['layers.GlobalMaxPooling1D()', 'layer_global_max_pooling_1d()'],
  GlobalAveragePooling1D: ['layers.GlobalAveragePooling1D()', 'layer_global_average_pooling_1d()'],
  Flatten: ['layers.Flatten()', 'layer_flatten()'],
  Concatenate: ['layers.Concatenate(axis=1)', 'layer_concatenate(axis = 2)'],
  Add: ['layers.Add()', 'layer_add()'],
};

describe('what does not fit is said in words, with what mends it', () => {
  const refused = (type: string, config: Record<string, unknown>, ...inputs: (number | null)[][]) => {
    const definition: LayerDefinition = layerDefinition(type);
    const result = definition.shape(definition.schema.parse(config), inputs);
    if (result.ok) throw new Error(`${type} took ${JSON.stringify(inputs)}`);
    return `${result.problem.message} ${result.problem.fix}`;
  };

  it('a recurrent layer behind one that returns only its last output', () => {
    expect(refused('LSTM', { units: 3 }, [null, 32])).toContain('(None, 32)');
  });

  it('an Embedding over values', () => {
    expect(refused('Embedding', { input_dim: 5, output_dim: 2 }, [null, 9, 4])).toContain('word ids');
  });

  it('a Flatten or Dense over an open size', () => {
    expect(refused('Flatten', {}, [null, null, 4])).toContain('length');
    expect(refused('Dense', { units: 1 }, [null, null])).toContain('features');
  });

  it('a Conv1D or MaxPooling1D longer than its input', () => {
    expect(refused('Conv1D', { filters: 1, kernel_size: 10 }, [null, 9, 4])).toContain('kernel_size');
    expect(refused('MaxPooling1D', { pool_size: 10 }, [null, 9, 4])).toContain('pool_size');
  });

  it('strides and dilation together, which Keras refuses too', () => {
    expect(
      refused('Conv1D', { filters: 1, kernel_size: 2, strides: 2, dilation_rate: 2 }, [null, 9, 4]),
    ).toContain('1');
  });

  it('branches of different sizes in Add and Concatenate', () => {
    expect(refused('Add', {}, [null, 9, 4], [null, 9, 5])).toContain('(None, 9, 5)');
    expect(refused('Concatenate', {}, [null, 9, 4], [null, 8, 4])).toContain('(None, 8, 4)');
    expect(refused('Concatenate', { axis: 3 }, [null, 9, 4], [null, 9, 4])).toContain('axis 3');
  });

  it('a forget bias on top of random biases', () => {
    expect(refused('LSTM', { units: 3, bias_initializer: 'random_normal' }, [null, 9, 4])).toContain(
      'unit_forget_bias',
    );
  });

  it('a layer the catalogue does not have', () => {
    expect(findLayer('Conv9D')).toBeNull();
    expect(() => layerDefinition('Conv9D')).toThrow(expect.objectContaining({ code: 'model-invalid' }));
  });
});
