import { expect, it } from 'vitest';
import { modelCard } from '../../../../../src/main/exporters/bundle/card.ts';
import { models } from '../models.ts';
import { trainedExample } from '../trained-example.ts';

const cardOf = async (changes: object) =>
  modelCard({ ...(await trainedExample(models[0]!)), ...changes }, [], []);

it('gives the scores of the epoch whose weights are there, not those of the last', async () => {
  const card = await cardOf({ checkpoint: { which: 'best', epoch: 2 } });
  expect(card).toContain('| after epoch 2 | |');
  expect(card).toContain('| val_acc | 0.7550 |');
});

it('gives none where early stopping put other weights back', async () => {
  const card = await cardOf({ logs: null });
  expect(card).not.toContain('val_acc');
  expect(card).toContain('No scores of these weights');
});
