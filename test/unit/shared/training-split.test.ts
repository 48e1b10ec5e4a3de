import { expect, test } from 'vitest';
import { trainedOnText } from '../../../src/shared/training-split.ts';

const data = { trainExamples: 25000 };

test('a training split evaluated holds more than a run was trained on where it had a limit or validated', () => {
  expect(trainedOnText(data, { limit: 8000, validation_split: 0.2 })).toBe(
    'All 25,000 training examples of the data set; the run trained on 6,400 of them and validated on 1,600.',
  );
  expect(trainedOnText(data, { limit: 8000, validation_split: 0 })).toMatch(/trained on 8,000 of them\.$/);
  expect(trainedOnText(data, { limit: 30000, validation_split: 0.2 })).toMatch(/20,000 of them and .* 5,000/);
});

test('nothing is to be said where all were trained on', () => {
  expect(trainedOnText(data, { limit: null, validation_split: 0 })).toBeNull();
  expect(trainedOnText(data, { limit: 25000, validation_split: 0 })).toBeNull();
});
