import { unzipSync } from 'fflate';
import { expect, it } from 'vitest';
import { modelCard } from '../../../../../src/main/exporters/bundle/card.ts';
import { exporterFor } from '../../../../../src/main/exporters/index.ts';
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

it.each([
  ['lecture-book-lstm', 'no Book LSTM'],
  ['gru', 'no GRU with reset_after'],
])(
  '%s: every file of a bundle is in the list, and what plain TensorFlow.js has not is said',
  async (name, lacking) => {
    const trained = await trainedExample(models.find((model) => model.name === name)!);
    const [zip] = await exporterFor('bundle').files(trained, 'bundle.zip');
    const entries = unzipSync(zip!.content as Uint8Array);
    const card = new TextDecoder().decode(entries['MODEL_CARD.md']);
    const listed = [...card.matchAll(/^- `([^`]+)`: /gm)].map(([, file]) => file!);
    const files = Object.keys(entries).map((path) => path.replace(/^tfjs\/.*/, 'tfjs/'));
    expect(new Set(['MODEL_CARD.md', ...listed])).toEqual(new Set(files));
    expect(card).toMatch(new RegExp(`^- .tfjs/.: .*unroll-layers\\.mjs.*${lacking}$`, 'm'));
  },
);
