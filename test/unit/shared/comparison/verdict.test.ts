import { expect, test } from 'vitest';
import { isControlled, verdictOf } from '../../../../src/shared/comparison/verdict.ts';

const verdict = (...paths: string[]) =>
  verdictOf({ differences: paths.map((path) => ({ path, values: [1, 2] })), groups: [] });
const text = (...paths: string[]) => verdict(...paths).text;

test('a comparison in which only the model differs is controlled, on whatever engine', () => {
  expect(verdict('model', 'layers.3.type', 'engine', 'machine.cpu')).toEqual({
    title: 'Controlled comparison.',
    text: 'Data, split, seed, order and preprocessing are the same; only the model differs.',
  });
  expect(text('threads')).toMatch(/and so is the model\.$/);
});

test('what else differs is named, in words', () => {
  expect(text('layers.3.type', 'training.optimizer.learning_rate', 'training.seed')).toBe(
    'More than the model differs: learning rate and seed.',
  );
  expect(text('data.name', 'data.hash')).toBe('The model is the same; what differs: data.');
});

test('of two optimizers the names are told and not what only one of them has', () => {
  const paths = ['name', 'rho', 'learning_rate', 'beta_1'].map((name) => `training.optimizer.${name}`);
  expect(text(...paths)).toMatch(/: optimizer and learning rate\.$/);
});

test('of many settings the first are named and the others counted', () => {
  const paths = ['a', 'b', 'c', 'd', 'e'].map((name) => `training.${name}`);
  expect(text(...paths)).toMatch(/: a, b, c, d and e\.$/);
  expect(text(...paths, 'training.early_stopping.patience')).toMatch(/: a, b, c, d and 2 more settings\.$/);
});

test('models trained with the same seeds are compared fairly, whatever their order; with other seeds they are not', () => {
  const differences = ['model', 'layers.3.type', 'training.seed'].map((path) => ({ path, values: [1, 2] }));
  const group = (name: string, ...seeds: number[]) => ({ name, seeds, runs: seeds });
  const fair = { differences, groups: [group('rnn', 1, 2, 3), group('lstm', 3, 1, 2)] };
  expect(verdictOf(fair)).toEqual({
    title: 'Controlled over seeds 1, 2, 3:',
    text: 'only the model differs.',
  });
  expect(isControlled(fair)).toBe(true);
  for (const other of [group('lstm', 1, 2), group('lstm', 1, 2, 4)]) {
    const unfair = { differences, groups: [group('rnn', 1, 2, 3), other] };
    expect(verdictOf(unfair).text).toBe('More than the model differs: seed.');
    expect(isControlled(unfair)).toBe(false);
  }
  expect(
    isControlled({ ...fair, differences: [...differences, { path: 'training.epochs', values: [1, 2] }] }),
  ).toBe(false);
});
