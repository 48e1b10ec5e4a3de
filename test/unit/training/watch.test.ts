/** Looking at the gradient while a model trains changes nothing of what it learns, and takes next to no time. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { FromChild } from '../../../src/shared/protocol.ts';
import { startEngine } from '../../conformance/engines.ts';
import { Examples } from '../../../src/training/data.ts';
import { targetsOf, Learner } from '../../../src/training/learner.ts';
import { weightsHash } from '../../../src/training/fit.ts';
import { GradientWatch } from '../../../src/training/flow/watch.ts';
import { Model } from '../../../src/training/model.ts';
import { trainingSchema } from '../../../src/shared/training.ts';
import { smallGraph } from '../main/workspace.ts';

let stop: () => Promise<void>;
beforeAll(async () => {
  stop = await startEngine('simd');
});
afterAll(() => stop());

const training = trainingSchema.parse({ batch_size: 16 });
const COUNT = 64;
const examples = () => {
  const inputs = Int32Array.from({ length: COUNT * 12 }, (_, i) => (i * 7) % 23);
  const labels = Float32Array.from({ length: COUNT }, (_, i) => i % 2);
  const sequences = Array.from(labels, (_, example) => inputs.subarray(example * 12, (example + 1) * 12));
  return new Examples({ sequences, labels, maxlen: 12 }, 'pre', null);
};

/** Trains twenty batches; `between` is called after each. */
async function trained(between: (model: Model, batch: number) => void): Promise<string> {
  const model = new Model(smallGraph, 1);
  const learner = new Learner(model, training);
  const data = examples();
  const order = Uint32Array.from({ length: COUNT }, (_, i) => i);
  for (let batch = 0; batch < 20; batch++) {
    const from = (batch * 16) % COUNT;
    const targets = targetsOf(data.labelsOf(order, from, from + 16), 1, 'binary_crossentropy');
    await learner.trainBatch(data.inputs(order, from, from + 16), targets, 0, batch);
    between(model, batch + 1);
  }
  const hash = await weightsHash(model.weights);
  learner.dispose();
  return hash;
}

test('the weights are the same bits, looked at or not', async () => {
  const clock = vi.spyOn(performance, 'now');
  const sent: FromChild[] = [];
  let watch: GradientWatch | null = null;
  let now = 0;
  // A clock on which the first batch takes long and looks take no time, so that each look after it is due.
  clock.mockImplementation(() => now);
  const looked = await trained((model, batch) => {
    watch ??= new GradientWatch(model, examples(), 'binary_crossentropy', (message) => sent.push(message));
    now += batch === 1 ? 1_000_000 : 10;
    watch.between(1, batch);
  });
  clock.mockRestore();
  expect(sent).toHaveLength(19);
  expect(sent[2]).toMatchObject({ type: 'gradient', epoch: 1, batch: 4 });
  const [layer] = (sent[18] as Extract<FromChild, { type: 'gradient' }>).layers;
  expect(layer).toMatchObject({ name: 'simple_rnn', cell: 'SimpleRNN' });
  expect(layer?.norms).toHaveLength(12);
  expect(layer?.norms.every((norm) => norm > 0)).toBe(true);
  expect(looked).toBe(await trained(() => undefined));
});

test('looks wait until they take less than a hundredth of the time', () => {
  const sent: FromChild[] = [];
  const model = new Model(smallGraph, 1);
  const clock = vi.spyOn(performance, 'now');
  let now = 0;
  clock.mockImplementation(() => (now += 50));
  const watch = new GradientWatch(model, examples(), 'binary_crossentropy', (message) => sent.push(message));
  const calls = 400;
  for (let batch = 1; batch <= calls; batch++) watch.between(1, batch);
  clock.mockRestore();
  model.dispose();
  expect(sent.length).toBeGreaterThan(1);
  // A look is one tick of this clock, as is every question whether it is time.
  expect((sent.length * 50) / now).toBeLessThan(0.011);
});

/** Looks in each of some epochs, on a clock of which a batch and a look take a tick each; asked after every few batches. */
function looksByEpoch(batches: number, epochs: number, every = 1): number[] {
  const sent: FromChild[] = [];
  const model = new Model(smallGraph, 1);
  const clock = vi.spyOn(performance, 'now');
  let now = 0;
  clock.mockImplementation(() => (now += 50));
  const watch = new GradientWatch(model, examples(), 'binary_crossentropy', (message) => sent.push(message));
  for (let epoch = 1; epoch <= epochs; epoch++) {
    for (let batch = every; batch <= batches; batch += every) {
      now += 50 * (every - 1);
      watch.between(epoch, batch);
    }
  }
  clock.mockRestore();
  model.dispose();
  return Array.from(
    { length: epochs },
    (_, at) => sent.filter((message) => message.type === 'gradient' && message.epoch === at + 1).length,
  );
}

test('looks take less than a fiftieth of every single epoch, and there are none where one would take more', () => {
  expect(looksByEpoch(40, 30)).toEqual(Array.from({ length: 30 }, () => 0));
  const looks = looksByEpoch(200, 6);
  expect(looks.reduce((sum, count) => sum + count)).toBeGreaterThan(2);
  for (const count of looks) expect(count / 200).toBeLessThan(0.02);
});

test('a batch’s time is known where only some batches are told of', () => {
  const looks = looksByEpoch(200, 6, 40);
  expect(looks.reduce((sum, count) => sum + count)).toBeGreaterThan(2);
  for (const count of looks) expect(count / 200).toBeLessThan(0.02);
});
