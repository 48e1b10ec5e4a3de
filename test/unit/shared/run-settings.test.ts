import { describe, expect, it } from 'vitest';
import type { Run } from '../../../src/shared/contract/runs.ts';
import { chain } from '../../../src/shared/graph/templates.ts';
import { runSettings } from '../../../src/shared/run-settings.ts';
import { preprocessingSchema, trainingSchema } from '../../../src/shared/training.ts';

const settingsOf = (graph: Run['graph']) =>
  runSettings({
    graph,
    preprocessing: preprocessingSchema.parse({}),
    training: trainingSchema.parse({}),
    threads: 2,
    machine: {},
    versions: {},
  });

describe('settings of layers', () => {
  const settings = settingsOf(
    chain('named', [
      ['input', 'Input', { shape: [30], dtype: 'int32' }],
      ['words', 'Embedding', { input_dim: 100, output_dim: 8 }],
      ['reader', 'LSTM', { units: 16, return_sequences: true }],
      ['upper', 'LSTM', { units: 4 }],
      ['dense', 'Dense', { units: 1, activation: 'sigmoid' }],
    ]),
  );

  it('stand under the names of the model and under those Keras gives by default', () => {
    expect(settings.get('layers.reader.units')).toBe(16);
    expect(settings.get('layers.lstm.units')).toBe(16);
    expect(settings.get('layers.upper.units')).toBe(4);
    expect(settings.get('layers.lstm_1.units')).toBe(4);
    expect(settings.get('layers.embedding.output_dim')).toBe(8);
  });

  it('are there where nobody stated them, but not where they are off', () => {
    expect(settings.get('layers.lstm.recurrent_activation')).toBe('sigmoid');
    expect(settings.get('layers.lstm_1.return_sequences')).toBe(false);
    expect(settings.has('layers.dense.kernel_regularizer')).toBe(false);
  });

  it('of a layer that bears the default name of another stay its own', () => {
    const swapped = settingsOf(
      chain('swapped', [
        ['input', 'Input', { shape: [30], dtype: 'int32' }],
        ['embedding', 'Embedding', { input_dim: 100, output_dim: 8 }],
        ['lstm_1', 'LSTM', { units: 16, return_sequences: true }],
        ['lstm', 'LSTM', { units: 4 }],
      ]),
    );
    expect(swapped.get('layers.lstm_1.units')).toBe(16);
    expect(swapped.get('layers.lstm.units')).toBe(4);
  });
});
