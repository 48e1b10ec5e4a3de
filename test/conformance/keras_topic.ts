/** Describes the tests of one topic of fixtures: every case on every engine, forward, gradients and three training steps. */
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Learner, restore } from '../../src/training/learner.ts';
import { Model } from '../../src/training/model.ts';
import { regularizedGradient } from '../../src/training/ops/regularizers.ts';
import { isRegularized, type Weight } from '../../src/training/optimizer.ts';
import type { EngineName } from '../../src/shared/training.ts';
import { ENGINES_HERE, TOLERANCES, casesFor, startEngine } from './engines.ts';
import { readFixtures } from './fixtures.ts';
import type { Fixture, FixtureArray } from './fixtures.ts';
import { relativeError } from './relative_error.ts';

/** What three steps changed is small beside the weights: its tolerance is so many times that of the weights. */
const CHANGE = 10;

const STEPS = 3;
/** The reference engine takes seconds for the lecture's shapes, more beside other work. */
const TIMEOUT_MS = 120_000;

function tensor({ data, shape }: FixtureArray): tf.Tensor {
  return tf.tensor(data, shape, data instanceof Int32Array ? 'int32' : 'float32');
}

const inputOf = (fixture: Fixture, step: number): tf.Tensor =>
  tensor(fixture.step('input/input_layer', step));
const targetsOf = (fixture: Fixture, step: number): tf.Tensor2D =>
  tensor(fixture.step('targets', step)) as tf.Tensor2D;

/** The model of the fixture's graph with the fixture's weights. */
function learnerOf(fixture: Fixture): Learner {
  const model = new Model(fixture.header.graph, 1);
  restore(model.weights, fixture.all('weight'));
  return new Learner(model, fixture.training);
}

async function withLearner(fixture: Fixture, check: (learner: Learner) => Promise<void>): Promise<void> {
  const learner = learnerOf(fixture);
  try {
    await check(learner);
  } finally {
    learner.dispose();
  }
}

function checkWeights(fixture: Fixture): Promise<void> {
  return withLearner(fixture, ({ model }) => {
    const outline = ({ name, shape }: { name: string; shape: readonly number[] }) =>
      `${name} (${shape.join(', ')})`;
    const ours = model.weights.map(({ name, variable }) => outline({ name, shape: variable.shape }));
    expect(ours).toEqual(fixture.all('weight').map(outline));
    expect(model.parameters).toBe(fixture.header.parameters);
    return Promise.resolve();
  });
}

/** With that of what the weight adds to the loss, as Keras has it. */
async function wholeGradient(weight: Weight, gradient: tf.Tensor | null): Promise<Float32Array> {
  if (!isRegularized(weight))
    return (await gradient?.data<'float32'>()) ?? new Float32Array(weight.variable.size);
  const whole = regularizedGradient(gradient, weight);
  const values = await whole.data<'float32'>();
  whole.dispose();
  return values;
}

function checkForwardAndGradients(fixture: Fixture, engine: EngineName): Promise<void> {
  const { modelForward, modelGradient } = TOLERANCES[engine];
  return withLearner(fixture, async (learner) => {
    const inputs = inputOf(fixture, 0);
    const { loss, output, gradients } = learner.gradients(inputs, targetsOf(fixture, 0));
    const apart = relativeError(await output.data(), fixture.array('output').data);
    expect(apart, 'output').toBeLessThanOrEqual(modelForward);
    expect(relativeError(await loss.data(), [fixture.header.lossValue]), 'loss').toBeLessThanOrEqual(
      modelForward,
    );
    for (const [i, { name }] of learner.model.weights.entries()) {
      const expected = fixture.array(`gradient/${name}`).data;
      const gradient = await wholeGradient(learner.model.weights[i]!, gradients[i] ?? null);
      expect(relativeError(gradient, expected), `gradient of ${name}`).toBeLessThanOrEqual(modelGradient);
    }
    tf.dispose([inputs, loss, output, ...gradients.filter((gradient) => gradient !== null)]);
  });
}

function checkSteps(fixture: Fixture, engine: EngineName): Promise<void> {
  const { trained } = TOLERANCES[engine];
  return withLearner(fixture, async (learner) => {
    for (let step = 0; step < STEPS; step++) {
      const { sums } = await learner.trainBatch(inputOf(fixture, step), targetsOf(fixture, step), 0, step);
      for (const [name, expected] of Object.entries(fixture.header.logs[step]!)) {
        const mean = sums[name]! / fixture.header.batch;
        expect(relativeError([mean], [expected]), `${name} of step ${step + 1}`).toBeLessThanOrEqual(trained);
      }
    }
    for (const { name, variable } of learner.model.weights) {
      const expected = fixture.array(`trained/${name}`).data;
      const before = fixture.array(`weight/${name}`).data;
      const actual = await variable.data();
      const change = (values: ArrayLike<number>) => Array.from(values, (value, i) => value - before[i]!);
      expect(relativeError(actual, expected), name).toBeLessThanOrEqual(trained);
      expect(relativeError(change(actual), change(expected)), `change of ${name}`).toBeLessThanOrEqual(
        CHANGE * trained,
      );
    }
  });
}

export function describeTopic(topic: string): void {
  const fixtures = readFixtures(topic).map((fixture) => ({ name: fixture.name, fixture }));
  describe.each(ENGINES_HERE)(`${topic} on %s`, (engine) => {
    let stop: () => Promise<void>;
    beforeAll(async () => {
      stop = await startEngine(engine);
    });
    afterAll(() => stop());

    const each = it.each(casesFor(engine, fixtures));
    each('$name: weights as in Keras', ({ fixture }) => checkWeights(fixture), TIMEOUT_MS);
    each(
      '$name: output, loss and gradients',
      ({ fixture }) => checkForwardAndGradients(fixture, engine),
      TIMEOUT_MS,
    );
    each('$name: three training steps', ({ fixture }) => checkSteps(fixture, engine), TIMEOUT_MS);
  });
}
