import { describe, expect, it } from 'vitest';
import { planOf, readSeeds } from '../../../../../src/renderer/screens/train/plan.ts';
import {
  OPTIMIZER_NAMES,
  optimizerFields,
  scheduleFields,
} from '../../../../../src/renderer/screens/train/settings.ts';

describe('the plan of a training', () => {
  it('is the lecture’s for the lecture’s configuration', () => {
    const configuration = { limit: null, validation_split: 0.2, batch_size: 128, epochs: 10 };
    expect(planOf({ trainExamples: 25000 }, configuration)).toEqual({
      train: 20000,
      validation: 5000,
      stepsPerEpoch: 157,
      steps: 1570,
    });
  });

  it('takes the limit before the validation split, and no more than there is', () => {
    const configuration = { limit: 300, validation_split: 0.25, batch_size: 32, epochs: 1 };
    expect(planOf({ trainExamples: 5000 }, configuration)).toMatchObject({
      train: 225,
      validation: 75,
      stepsPerEpoch: 8,
    });
    expect(planOf({ trainExamples: 100 }, configuration)).toMatchObject({ train: 75, validation: 25 });
  });
});

describe('seeds', () => {
  it('are read one, several or as a range', () => {
    expect(readSeeds('1')).toEqual([1]);
    expect(readSeeds('3, 1 2,3')).toEqual([3, 1, 2]);
    expect(readSeeds('1-3, 7')).toEqual([1, 2, 3, 7]);
  });

  it('are refused where they are none', () => {
    for (const text of ['', 'x', '-1', '1.5', '5-2', '1-5000', '4294967296'])
      expect(readSeeds(text)).toBeNull();
  });
});

describe('the settings', () => {
  it('have words for everything an optimizer and a schedule take', () => {
    for (const name of OPTIMIZER_NAMES) {
      for (const field of optimizerFields(name)) expect(field.help, `${name} ${field.key}`).not.toBe('');
      expect(optimizerFields(name)[0]).toMatchObject({ key: 'learning_rate', control: 'number' });
    }
    expect(optimizerFields('sgd')[0]?.default).toBe(0.01);
    expect(scheduleFields.map(({ key }) => key)).toEqual([
      'epochs',
      'batch_size',
      'validation_split',
      'shuffle',
      'limit',
    ]);
  });
});
