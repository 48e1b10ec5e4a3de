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

/** What takes how many milliseconds, on a clock that nothing else moves. */
interface Pace {
  epochs: number;
  batches: number;
  batch: number;
  firstLook: number;
  look: number;
}

/** The looks of each epoch, in it and behind it, and the time that those in it took; asked after every few batches. */
function simulated({ epochs, batches, batch, firstLook, look }: Pace, every = 25) {
  const clock = vi.spyOn(performance, 'now');
  let [now, cost] = [0, firstLook];
  clock.mockImplementation(() => now);
  const data = examples();
  const inputs = data.inputs.bind(data);
  data.inputs = (...asked) => {
    now += cost;
    cost = look;
    return inputs(...asked);
  };
  let looks = 0;
  const model = new Model(smallGraph, 1);
  const watch = new GradientWatch(model, data, 'binary_crossentropy', () => looks++);
  const told = Array.from({ length: epochs }, (_, epoch) => {
    const begun = now;
    for (let done = 1; done <= batches; done++) {
      now += batch;
      if (done % every === 0 || done === batches) watch.between(epoch + 1, done);
    }
    const [within, seconds, share] = [looks, now - begun, (now - begun - batches * batch) / (now - begun)];
    watch.behind(epoch + 1);
    const behind = looks - within;
    looks = 0;
    return { within, behind, seconds, share };
  });
  clock.mockRestore();
  model.dispose();
  return { told, share: 1 - (epochs * batches * batch) / now };
}

test.each([
  ['LSTM', { epochs: 10, batches: 157, batch: 9.6, firstLook: 95, look: 11 }],
  ['SimpleRNN', { epochs: 20, batches: 157, batch: 3, firstLook: 37, look: 4 }],
])('at the pace of the lecture’s %s, looks take less than a fiftieth of each epoch and of all', (_, pace) => {
  const { told, share } = simulated(pace);
  expect(told[0]).toMatchObject({ within: 0, behind: 1 });
  expect(told.reduce((sum, epoch) => sum + epoch.within, 0)).toBeGreaterThan(pace.epochs / 2);
  for (const epoch of told) expect(epoch.share).toBeLessThan(0.02);
  expect(told.reduce((sum, epoch) => sum + epoch.behind, 0)).toBeLessThanOrEqual(3);
  expect(share).toBeLessThan(0.02);
});

test('there are no looks where one would take more of an epoch', () => {
  const { told } = simulated({ epochs: 30, batches: 40, batch: 2, firstLook: 30, look: 4 });
  expect(told.every(({ within, behind }) => within + behind === 0)).toBe(true);
});

test.each([
  ['a tenth of a second', { epochs: 300, batches: 40, batch: 2, firstLook: 30, look: 4 }],
  ['half a second', { epochs: 100, batches: 50, batch: 10, firstLook: 95, look: 11 }],
])('epochs of %s are looked behind now and then, for less than a fiftieth of all', (_, pace) => {
  const { told, share } = simulated(pace);
  expect(told.every(({ within }) => within === 0)).toBe(true);
  const looked = told.flatMap(({ behind }, epoch) => (behind > 0 ? [epoch] : []));
  expect(looked.length).toBeGreaterThan(20);
  expect(looked.at(-1)).toBeGreaterThan(pace.epochs - 6);
  expect(share).toBeLessThan(0.02);
});

test('an epoch of minutes is looked into before it ends', () => {
  const { told } = simulated({ epochs: 1, batches: 3000, batch: 20, firstLook: 150, look: 20 });
  expect(told[0]!.within).toBeGreaterThan(10);
  expect(told[0]!.share).toBeLessThan(0.02);
});
