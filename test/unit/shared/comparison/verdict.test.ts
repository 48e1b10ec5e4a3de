import { expect, test } from 'vitest';
import { verdictOf } from '../../../../src/shared/comparison/verdict.ts';

const verdict = (...paths: string[]) =>
  verdictOf({ differences: paths.map((path) => ({ path, values: [1, 2] })) });
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
