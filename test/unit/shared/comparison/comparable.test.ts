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
  'values need the same examples, a learning rate none: %o',
  (changes) => {
    const [training, validation] = ['other training examples', 'other validation examples'];
    expect(reasons(run('a', changes), run('a'))).toEqual([training, validation, training, validation]);
    const costs = ['epoch', 'cost', 'lr'].map((what) => notComparable(run('a', changes), run('a'), what));
    expect(costs).toEqual([training, null, null]);
  },
);

test('losses need the same loss, accuracies do not', () => {
  expect(reasons(run('a', { loss: 'mse' }), run('a'))).toEqual(['another loss', 'another loss', null, null]);
});

test('runs that differ in their seed and learning rate are comparable', () => {
  const other = run('a', { seed: 2, optimizer: { name: 'adam', learning_rate: 0.1 } });
  expect(reasons(run('a'), other)).toEqual([null, null, null, null]);
});
