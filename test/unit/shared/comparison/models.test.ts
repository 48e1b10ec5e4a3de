import { describe, expect, it } from 'vitest';
import { modelDifference } from '../../../../src/shared/comparison/models.ts';
import type { ModelGraph } from '../../../../src/shared/graph/graph.ts';

describe("two models' layers", () => {
  const graphOf = (types: readonly string[]): ModelGraph => ({
    format: 'unroll-model',
    version: 1,
    name: 'model',
    nodes: types.map((type, i) => ({
      id: `layer_${i}`,
      type,
      config:
        type === 'Input'
          ? { shape: [20] }
          : type === 'Embedding'
            ? { input_dim: 9, output_dim: 4 }
            : { units: 3, ...(types[i + 1] === 'LSTM' ? { return_sequences: true } : {}) },
      inputs: i === 0 ? [] : [`layer_${i - 1}`],
    })),
  });

  it('are put side by side: a swapped cell is a change, a new layer is added, one that went removed', () => {
    const difference = modelDifference(
      graphOf(['Input', 'Embedding', 'SimpleRNN', 'Dense']),
      graphOf(['Input', 'Embedding', 'LSTM', 'LSTM', 'Dense']),
    );
    const kinds = difference.rows.map(({ kind, first, second }) => [kind, first?.type, second?.type]);
    expect(kinds).toContainEqual(['added', undefined, 'LSTM']);
    expect(kinds).toContainEqual(['changed', 'SimpleRNN', 'LSTM']);
    expect(kinds.filter(([kind]) => kind === 'same').map(([, type]) => type)).toEqual([
      'Input',
      'Embedding',
      'Dense',
    ]);
    const back = modelDifference(
      graphOf(['Input', 'Embedding', 'LSTM', 'Dense']),
      graphOf(['Input', 'LSTM', 'Dense']),
    );
    expect(back.rows.map(({ kind }) => kind)).toContain('removed');
    const changed = difference.rows.find(({ kind }) => kind === 'changed');
    expect(changed?.changes[0]).toEqual({ name: 'type', from: 'SimpleRNN', to: 'LSTM' });
  });
});
