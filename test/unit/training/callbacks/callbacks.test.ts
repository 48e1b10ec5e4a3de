/** The callbacks on sequences of epochs; expected values follow Keras 3's callbacks step by step. */
import { describe, expect, it } from 'vitest';
import { trainingSchema } from '../../../../src/shared/training.ts';
import { Callbacks } from '../../../../src/training/callbacks/index.ts';

const configured = (settings: object) => new Callbacks(trainingSchema.parse(settings), {});
const ends = (callbacks: Callbacks, name: string, values: number[], rate = 0.1) => {
  let learningRate = rate;
  return values.map((value, epoch) => {
    const end = callbacks.epochEnd(epoch, { [name]: value }, learningRate);
    learningRate = end.learningRate;
    return end;
  });
};

describe('early stopping', () => {
  it('stops after so many epochs without improvement, and keeps the best weights', () => {
    const callbacks = configured({ early_stopping: { patience: 2, restore_best_weights: true } });
    const seen = ends(callbacks, 'val_loss', [0.9, 0.5, 0.6, 0.5, 0.4]);
    expect(seen.map(({ stop }) => stop)).toEqual([false, false, false, true, false]);
    expect(seen.map(({ keepWeights }) => keepWeights)).toEqual([true, true, false, false, true]);
  });

  it('counts only improvements beyond min_delta', () => {
    const callbacks = configured({ early_stopping: { patience: 2, min_delta: 0.1 } });
    expect(ends(callbacks, 'val_loss', [0.9, 0.85, 0.81]).at(-1)!.stop).toBe(true);
  });

  it('wants accuracies to rise', () => {
    const callbacks = configured({ early_stopping: { patience: 1, monitor: 'val_acc' } });
    expect(ends(callbacks, 'val_acc', [0.5, 0.6, 0.55]).map(({ stop }) => stop)).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('goes on from its saved state', () => {
    const training = trainingSchema.parse({ early_stopping: { patience: 3 } });
    const before = new Callbacks(training, {});
    ends(before, 'val_loss', [0.5, 0.6, 0.6]);
    const after = new Callbacks(training, before.states);
    expect(after.epochEnd(3, { val_loss: 0.7 }, 0.1).stop).toBe(true);
    expect(new Callbacks(training, after.states).stopped).toBe(true);
  });
});

describe('reduce on plateau', () => {
  it('lowers the rate after its patience, waits out the cooldown, and stops at min_lr', () => {
    const callbacks = configured({
      reduce_lr_on_plateau: { patience: 2, factor: 0.5, cooldown: 1, min_lr: 0.03 },
    });
    const rates = ends(callbacks, 'val_loss', [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]).map(
      ({ learningRate }) => learningRate,
    );
    expect(rates).toEqual([0.1, 0.1, 0.05, 0.05, 0.03, 0.03, 0.03, 0.03]);
  });
});

describe('the best checkpoint', () => {
  it('is chosen by the monitored metric, in its direction', () => {
    expect(ends(configured({}), 'val_loss', [0.9, 0.8, 0.8, 0.7]).map(({ isBest }) => isBest)).toEqual([
      true,
      true,
      false,
      true,
    ]);
    expect(
      ends(configured({ monitor: 'val_acc' }), 'val_acc', [0.5, 0.4, 0.6]).map(({ isBest }) => isBest),
    ).toEqual([true, false, true]);
  });

  it('is chosen by the training metric where nothing validates', () => {
    expect(ends(configured({}), 'loss', [0.9, 0.8, 0.85]).map(({ isBest }) => isBest)).toEqual([
      true,
      true,
      false,
    ]);
  });
});
