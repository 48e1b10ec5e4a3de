import { expect, test } from 'vitest';
import { notComparable, type ComparableRun } from '../../../../src/shared/comparison/comparable.ts';
import { trainingSchema } from '../../../../src/shared/training.ts';

const run = (hash: string, training: object = {}): ComparableRun => ({
  dataset: { hash },
  training: trainingSchema.parse(training),
});
const reasons = (one: ComparableRun, other: ComparableRun) =>
  ['loss', 'val_loss', 'acc', 'val_acc'].map((metric) => notComparable(one, other, metric));

test('values on other data stand against nothing, whatever else is known of the runs', () => {
  expect(reasons(run('a'), run('b'))).toEqual(Array(4).fill('other data'));
  expect(notComparable({ dataset: { hash: 'a' } }, { dataset: { hash: 'b' } }, 'acc')).toBe('other data');
  expect(notComparable({ dataset: { hash: 'a' } }, run('a', { loss: 'mse' }), 'loss')).toBeNull();
});

test.each([{ validation_split: 0.1 }, { limit: 300 }])(
  'validation values need the same examples: %o',
  (changes) => {
    const why = 'other validation examples';
    expect(reasons(run('a', changes), run('a'))).toEqual([null, why, null, why]);
  },
);

test('losses need the same loss, accuracies do not', () => {
  expect(reasons(run('a', { loss: 'mse' }), run('a'))).toEqual(['another loss', 'another loss', null, null]);
});

test('runs that differ in their seed and learning rate are comparable', () => {
  const other = run('a', { seed: 2, optimizer: { name: 'adam', learning_rate: 0.1 } });
  expect(reasons(run('a'), other)).toEqual([null, null, null, null]);
});
