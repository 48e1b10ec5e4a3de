import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../../../src/shared/data/dataset.ts';
import { analyse } from '../../../../src/shared/graph/analyse.ts';
import { adaptToData, fitProblems } from '../../../../src/shared/graph/data-fit.ts';
import { configure } from '../../../../src/shared/graph/edit.ts';
import type { ModelGraph } from '../../../../src/shared/graph/graph.ts';
import { findTemplate, templates } from '../../../../src/shared/graph/templates.ts';
import { preprocessingSchema, TASK_LOSS, type LossName } from '../../../../src/shared/training.ts';
import { adding, imdb, recall } from './datasets.ts';
import { graphOf, node } from './graphs.ts';

const preprocessing = preprocessingSchema.parse({});
const whole = preprocessingSchema.parse({ maxlen: null });
const lstm = findTemplate('lecture-lstm')!.graph;

const said = (
  graph: ModelGraph,
  dataset: Dataset,
  given = preprocessing,
  loss: LossName = TASK_LOSS[dataset.task].loss,
) => fitProblems(graph, dataset, given, loss).map((problem) => `${problem.message} ${problem.fix}`);

it('an Input of other steps is told where the number of steps comes from', () => {
  const short = configure(lstm, ['input'], { shape: [60] });
  const [first] = short.nodes;
  expect(first!.config.shape).toEqual([60]);
  expect(said(short, imdb)[0]).toBe(
    'The Input takes 60 steps, but for training sequences are cut and padded to 500 (maxlen). ' +
      'Set its shape to (500), or maxlen to 60.',
  );
  expect(said(short, imdb, whole)[0]).toContain('but for training the longest sequence has 2494.');
});

describe('a template is made to fit', () => {
  it('the lecture on IMDB is left exactly as it is', () => {
    expect(adaptToData(lstm, imdb, preprocessing)).toEqual(lstm);
  });

  it.each(templates.map(({ name, graph }) => [name, graph] as const))(
    '%s to every task and kind of data',
    (_, graph) => {
      for (const dataset of [imdb, recall, adding]) {
        const adapted = adaptToData(graph, dataset, whole);
        expect(analyse(adapted).problems).toEqual([]);
        expect(said(adapted, dataset, whole)).toEqual([]);
      }
    },
  );

  it('few words, several classes and shorter sequences', () => {
    const configs = adaptToData(lstm, recall, whole).nodes.map(({ config }) => config);
    expect(configs).toEqual([
      { shape: [60], dtype: 'int32' },
      { input_dim: 16, output_dim: 32 },
      { units: 32 },
      { units: 4, activation: 'softmax' },
    ]);
  });

  it('trained vectors of more words than there are stay, where they are to', () => {
    const rows = (keep: boolean) => adaptToData(lstm, recall, whole, keep).nodes[1]!.config.input_dim;
    expect([rows(false), rows(true)]).toEqual([16, 10_000]);
    const few = configure(lstm, ['embedding'], { input_dim: 5 });
    expect(adaptToData(few, recall, whole, true).nodes[1]!.config.input_dim).toBe(16);
  });

  it('values are read without an Embedding', () => {
    const { nodes } = adaptToData(lstm, adding, whole);
    expect(nodes.map(({ type, inputs }) => [type, ...inputs])).toEqual([
      ['Input'],
      ['LSTM', 'input'],
      ['Dense', 'lstm'],
    ]);
    expect(nodes[0]!.config).toEqual({ shape: [60, 2], dtype: 'float32' });
    expect(nodes[2]!.config).toEqual({ units: 1, activation: 'linear' });
  });
});

it('word ids get an Embedding in a model of numbers', () => {
  const { nodes } = adaptToData(findTemplate('series-forecast')!.graph, recall, whole);
  expect(nodes.slice(0, 3).map(({ type, config }) => [type, config])).toEqual([
    ['Input', { shape: [60], dtype: 'int32' }],
    ['Embedding', { input_dim: 16, output_dim: 32 }],
    ['LSTM', { units: 32, return_sequences: true }],
  ]);
});

describe('what keeps a model from a data set is said', () => {
  it('nothing keeps the lecture from IMDB', () => {
    for (const { name, graph } of templates)
      if (name.startsWith('lecture-')) expect(said(graph, imdb)).toEqual([]);
  });

  it('ids beyond the Embedding, up to the last one that fits', () => {
    const small = (input_dim: number) => said(configure(lstm, ['embedding'], { input_dim }), imdb);
    expect(small(10_000)).toEqual([]);
    expect(small(9_999)[0]).toContain('Set input_dim to 10000');
  });

  it('another length, another width, values where words are read', () => {
    expect(said(lstm, imdb, { ...preprocessing, maxlen: 100 })[0]).toContain('500 steps');
    expect(said(lstm, adding, whole).join()).toContain('numbers');
    const wide = graphOf(
      node('x', 'Input', { shape: [60, 3] }),
      node('r', 'GRU', { units: 2 }, 'x'),
      node('d', 'Dense', { units: 1 }, 'r'),
    );
    expect(said(wide, adding, whole)[0]).toContain('3 features');
    expect(said(wide, imdb)[0]).toContain('word ids');
  });

  it('outputs that do not go with task and loss', () => {
    expect(said(configure(lstm, ['dense'], { activation: 'linear' }), imdb)[0]).toContain(
      'one output with sigmoid',
    );
    expect(said(configure(lstm, ['dense'], { units: 2 }), imdb)[0]).toContain('this has 2');
    expect(said(lstm, { ...recall, vocabularySize: 9000 })[0]).toContain(
      'Use Dense(4, activation "softmax")',
    );
    expect(
      said(lstm, { ...recall, vocabularySize: 9000 }, preprocessing, 'binary_crossentropy')[0],
    ).toContain('needs two classes');
  });

  it('an output at every step', () => {
    expect(said(configure(lstm, ['lstm'], { return_sequences: true }), imdb)[0]).toContain(
      'return_sequences',
    );
  });

  it("an activation that is the layer's default", () => {
    const graph = graphOf(lstm.nodes[0]!, lstm.nodes[1]!, node('out', 'LSTM', { units: 1 }, 'embedding'));
    expect(said(graph, imdb)[0]).toContain('1 with tanh');
  });

  it('two Inputs, and whatever is wrong with the model itself', () => {
    const two = graphOf(
      node('a', 'Input', { shape: [60, 2] }),
      node('b', 'Input', { shape: [60, 2] }),
      node('add', 'Add', {}, 'a', 'b'),
      node('gru', 'GRU', { units: 3 }, 'add'),
      node('d', 'Dense', { units: 1 }, 'gru'),
    );
    expect(said(two, adding, whole)).toEqual([
      'The data set feeds one Input. Use one Input and branch behind it.',
    ]);
    expect(said(graphOf(), imdb)[0]).toContain('no layers');
  });
});
