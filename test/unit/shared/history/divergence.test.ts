import { describe, expect, it } from 'vitest';
import type { Run } from '../../../../src/shared/contract/runs.ts';
import { divergenceOf } from '../../../../src/shared/history/divergence.ts';
import { changedRow } from '../../../../src/shared/history/rows.ts';

/** A run whose metric went through these values, an epoch each. */
function runWith(metric: string, values: readonly (number | null)[], code?: string) {
  const finite = values.filter((value) => value !== null);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  return changedRow({
    training: { epochs: values.length },
    last: { [metric]: values.at(-1) },
    best: { [metric]: low },
    bestEpochs: { [metric]: values.indexOf(low) + 1 },
    worst: { [metric]: high },
    worstEpochs: { [metric]: values.indexOf(high) + 1 },
    error: code === undefined ? null : { code },
  } as unknown as Run);
}

describe('the mark of a run whose loss left what training comes back from', () => {
  it('is exploded where the loss of a classification was far above that of guessing from the first epoch', () => {
    const run = runWith('loss', [387_547, 446_210, 464_599]);
    expect(divergenceOf(run)).toBeNull();
    const judged = {
      ...run,
      metric: (...[how, name]: Parameters<typeof run.metric>) =>
        name === 'acc' ? 0.5 : run.metric(how, name),
    };
    expect(divergenceOf(judged)).toEqual({
      word: 'exploded',
      meaning: 'Loss was 464,599 after the last epoch, far above that of guessing.',
    });
  });

  it('is exploded where the loss ends many times above its lowest', () => {
    expect(divergenceOf(runWith('loss', [0.69, 0.35, 4e5, 3e4]))).toEqual({
      word: 'exploded',
      meaning: 'Loss was 0.3500 after epoch 2 and 30,000 after the last one.',
    });
    expect(divergenceOf(runWith('val_loss', [0.2, 0.1, 30]))?.word).toBe('exploded');
  });

  it('is diverged where a number was no longer finite', () => {
    expect(divergenceOf(runWith('loss', [0.69, 0.35], 'training-diverged'))?.word).toBe('diverged');
    expect(divergenceOf(runWith('loss', [0.69, 0.35, null]))?.word).toBe('diverged');
  });

  it('is missing where a loss only wavers near zero, overfits, recovered or comes down from high', () => {
    expect(divergenceOf(runWith('loss', [0.17, 1e-5, 1e-3]))).toBeNull();
    expect(divergenceOf(runWith('val_loss', [0.5, 0.3, 4]))).toBeNull();
    expect(divergenceOf(runWith('loss', [0.7, 0.5, 1e6, 0.6]))).toBeNull();
    expect(divergenceOf(runWith('loss', [1e6, 0.5, 0.4]))).toBeNull();
    expect(divergenceOf(runWith('loss', [0.7, 0.5], 'out-of-memory'))).toBeNull();
    expect(divergenceOf(runWith('acc', [0.5, 0.9, 0.5]))).toBeNull();
  });
});
