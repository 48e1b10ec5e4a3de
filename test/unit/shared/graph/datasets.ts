/** Data sets of each task, as several tests need them: texts with two and four classes, and series of numbers. */
import { KERAS_CONVENTIONS, type Dataset } from '../../../../src/shared/data/dataset.ts';

export const imdb: Dataset = {
  id: 'd',
  name: 'imdb',
  kind: 'tokens',
  width: 1,
  task: 'binary',
  classes: ['negative', 'positive'],
  conventions: KERAS_CONVENTIONS,
  vocabularySize: 88_584,
  hasTexts: false,
  trainExamples: 25_000,
  testExamples: 25_000,
  hash: 'h',
  source: {},
  longest: 2494,
  createdAt: 0,
};
export const recall: Dataset = {
  ...imdb,
  name: 'recall',
  task: 'multiclass',
  classes: ['a', 'b', 'c', 'd'],
  vocabularySize: 12,
  longest: 60,
};
export const adding: Dataset = {
  ...imdb,
  name: 'adding',
  kind: 'values',
  width: 2,
  task: 'regression',
  classes: [],
  conventions: null,
  vocabularySize: 0,
  longest: 60,
};
