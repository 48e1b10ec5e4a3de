import { describe, expect, it } from 'vitest';
import { analyse } from '../../../../src/shared/graph/analyse.ts';
import { estimate, type Estimate } from '../../../../src/shared/graph/estimates.ts';
import type { ModelGraph } from '../../../../src/shared/graph/graph.ts';
import { findProblems } from '../../../../src/shared/graph/problems.ts';
import { findTemplate } from '../../../../src/shared/graph/templates.ts';
import { optimizerSchema } from '../../../../src/shared/training.ts';
import { graphOf, node } from './graphs.ts';
import { longModel } from './long-model.ts';

const of = (graph: ModelGraph, batchSize = 128, optimizer: object = { name: 'rmsprop' }): Estimate =>
  estimate(analyse(graph), { batchSize, optimizer: optimizerSchema.parse(optimizer) });

describe('what a model will cost', () => {
  it("the lecture's SimpleRNN, by hand", () => {
    // 500 steps of 32 inputs and 32 states by 32 units, then 32 by 1.
    const work = 500 * 32 * (32 + 32) + 32;
    // Ids, vectors, the last state and the verdict, each with its gradient; the states of all steps.
    const held = 2 * (500 + 500 * 32 + 32 + 1) + 500 * 32;
    expect(of(findTemplate('lecture-simple-rnn')!.graph)).toEqual({
      parameters: 322_113,
      weightsBytes: 4 * 322_113,
      trainingBytes: 4 * (3 * 322_113 + 128 * held),
      leastBytes: 4 * (2 * 322_113 + 128 * 500 * 32),
      // Two arrays of states.
      adapterBytes: 4 * (3 * 322_113 + 128 * (held + 2 * 500 * 32)),
      multiplyAdds: 128 * work,
      perStep: false,
    });
  });

  it.each([
    [{ name: 'sgd' }, 2],
    [{ name: 'sgd', momentum: 0.9 }, 3],
    [{ name: 'rmsprop' }, 3],
    [{ name: 'rmsprop', momentum: 0.9, centered: true }, 5],
    [{ name: 'adam' }, 4],
  ])('%o keeps its slots beside weights and gradients', (optimizer, arrays) => {
    const graph = findTemplate('lecture-lstm')!.graph;
    const without = of(graph, 128, { name: 'sgd' }).trainingBytes;
    expect(of(graph, 128, optimizer).trainingBytes - without).toBe((arrays - 2) * 4 * 328_353);
  });

  it('gates and both directions are kept', () => {
    const bytes = (type: string, config: object) =>
      of(graphOf(node('x', 'Input', { shape: [10, 2] }), node('rnn', type, { ...config }, 'x')), 1)
        .trainingBytes;
    const weights = (count: number) => 4 * 3 * count;
    expect(bytes('LSTM', { units: 3 })).toBe(weights(72) + 4 * (2 * 20 + 2 * 3 + 10 * 3 * 6));
    const layer = { type: 'LSTM', config: { units: 3 } };
    expect(bytes('Bidirectional', { layer })).toBe(weights(144) + 4 * (2 * 20 + 2 * 6 + 2 * 10 * 3 * 6));
  });

  it('says when the length is open, and counts nothing of what cannot be built', () => {
    const open = graphOf(node('x', 'Input', { shape: [null, 2] }), node('rnn', 'LSTM', { units: 3 }, 'x'));
    expect(of(open).perStep).toBe(true);
    expect(of(graphOf(node('rnn', 'LSTM', { units: 3 })))).toMatchObject({ leastBytes: 0, multiplyAdds: 0 });
  });
});

it('200 layers are analysed, with problems and estimates, in well under 16 ms', () => {
  const graph = longModel(200);
  const once = (): number => {
    const began = performance.now();
    const analysis = analyse(graph);
    findProblems(graph, null, analysis);
    estimate(analysis, { batchSize: 128, optimizer: optimizerSchema.parse({ name: 'rmsprop' }) });
    return performance.now() - began;
  };
  const times = Array.from({ length: 50 }, once).sort((a, b) => a - b);
  expect(graph.nodes).toHaveLength(200);
  expect(analyse(graph).problems).toEqual([]);
  expect(times[25]).toBeLessThan(16);
});
