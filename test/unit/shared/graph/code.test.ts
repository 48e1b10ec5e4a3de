/**
 * `code/*.py` and `code/*.R` are what a student takes home, read over once and pinned; run_code.py runs every Python file
 * with real Keras and compares its parameters and its Book LSTM with ours.
 */
import { describe, expect, it } from 'vitest';
import { compileFor, pythonCode, rCode } from '../../../../src/shared/graph/code.ts';
import { chain, templates } from '../../../../src/shared/graph/templates.ts';
import { trainingSchema } from '../../../../src/shared/training.ts';
import { graphOf, node, twoBranches } from './graphs.ts';

const bookOptions = chain('book-options', [
  ['input', 'Input', { shape: [12, 3] }],
  [
    'memory',
    'BookLSTM',
    {
      units: 5,
      output_sees: 'new',
      activation: 'softsign',
      recurrent_activation: 'hard_sigmoid',
      return_sequences: true,
      go_backwards: true,
    },
  ],
  ['book_lstm', 'BookLSTM', { units: 4, use_bias: false, carry_initializer: 'zeros' }],
  ['dense', 'Dense', { units: 2, activation: 'softmax' }],
]);
const models = [
  ...templates.map(({ graph }) => graph),
  { ...twoBranches, name: 'two-branches' },
  bookOptions,
];

describe.each(models.map((graph) => [graph.name, graph] as const))('%s', (name, graph) => {
  it('in Python', async () => {
    await expect(pythonCode(graph, compileFor(graph))).toMatchFileSnapshot(`code/${name}.py`);
  });

  it('in R', async () => {
    await expect(rCode(graph, compileFor(graph))).toMatchFileSnapshot(`code/${name}.R`);
  });
});

it('the lecture is compiled as the lecture does', () => {
  const { optimizer, loss, metrics } = trainingSchema.parse({});
  expect(compileFor(models[0]!)).toEqual({ optimizer, loss, metrics });
});

describe('names', () => {
  const build = (...ids: [string, string]) =>
    graphOf(
      node('x', 'Input', { shape: [9, 4] }),
      node(ids[0], 'LSTM', { units: 3 }, 'x'),
      node(ids[1], 'LSTM', { units: 3 }, 'x'),
      node('add', 'Add', {}, ...ids),
    );

  it('are stated only where Keras would give others', () => {
    expect(pythonCode(build('lstm', 'lstm_1'))).not.toContain('name=');
    expect(pythonCode(build('lstm', 'other'))).toContain('other = layers.LSTM(3, name="other")(x)');
    expect(rCode(build('lstm', 'other'))).toContain('other <- x |> layer_lstm(units = 3, name = "other")');
  });

  it('count only the layers that are not named, as Keras does', () => {
    const chained = chain('odd', [
      ['x', 'Input', { shape: [4] }],
      ['dense_1', 'Dense', { units: 1 }],
      ['dense', 'Dense', { units: 2 }],
      ['dense_2', 'Dense', { units: 3 }],
    ]);
    const named = [...pythonCode(chained).matchAll(/layers\.Dense\((.*)\)/g)].map(([, given]) => given);
    expect(named).toEqual(['1, name="dense_1"', '2', '3, name="dense_2"']);
  });

  it('leave out those that Keras gives to the operation which joins masks', () => {
    const joined = graphOf(
      node('ids', 'Input', { shape: [9], dtype: 'int32' }),
      node('embedding', 'Embedding', { input_dim: 5, output_dim: 2, mask_zero: true }, 'ids'),
      node('concatenate', 'Concatenate', {}, 'embedding', 'embedding'),
      node('concatenate_1', 'Concatenate', { axis: 1 }, 'concatenate', 'concatenate'),
      node('concatenate_2', 'Concatenate', {}, 'concatenate_1', 'concatenate_1'),
    );
    const code = pythonCode(joined);
    expect(code).toContain('concatenate = layers.Concatenate()(');
    expect(code).toContain('concatenate_1 = layers.Concatenate(axis=1, name="concatenate_1_layer")(');
    expect(code).toContain('concatenate_2 = layers.Concatenate(name="concatenate_2_layer")(');
  });

  it("never hide a word of the language or one another's variable", () => {
    const code = pythonCode(build('layers', 'lambda'));
    expect(code).toContain('layers_1 = layers.LSTM(3, name="layers")(x)');
    expect(code).toContain('lambda_1 = layers.LSTM(3, name="lambda")(x)');
    expect(pythonCode(build('a.b', 'a_b'))).toContain('add = layers.Add()([a_b, a_b_1])');
  });

  it('count the layer within a Bidirectional, as Keras does', () => {
    const layer = { type: 'LSTM', config: { units: 3 } };
    const graph = graphOf(
      node('x', 'Input', { shape: [9, 4] }),
      node(
        'bidirectional',
        'Bidirectional',
        { layer: { ...layer, config: { units: 3, return_sequences: true } } },
        'x',
      ),
      node('lstm', 'LSTM', { units: 3 }, 'bidirectional'),
    );
    expect(pythonCode(graph)).toContain('layers.LSTM(3, name="lstm")');
  });
});

it('the optimizer is written with its learning rate and what differs from the defaults', () => {
  const training = trainingSchema.parse({
    optimizer: { name: 'sgd', learning_rate: 0.1, nesterov: true, clipnorm: 1 },
    loss: 'mse',
    metrics: ['mae'],
  });
  expect(pythonCode(twoBranches, training)).toContain(
    'optimizer=keras.optimizers.SGD(learning_rate=0.1, nesterov=True, clipnorm=1.0)',
  );
  expect(rCode(twoBranches, training)).toContain(
    'optimizer = optimizer_sgd(learning_rate = 0.1, nesterov = TRUE, clipnorm = 1)',
  );
});
