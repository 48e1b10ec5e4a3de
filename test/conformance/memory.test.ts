/** TensorFlow's tensors, which tfjs does not know all of, are freed: as many live after many steps as after few. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { trainingSchema } from '../../src/shared/training.ts';
import { Eager } from '../../src/training/engines/tensorflow/eager.ts';
import { registerEmbedding } from '../../src/training/engines/tensorflow/embedding.ts';
import {
  installationFolder,
  loadTensorflow,
  type Binding,
} from '../../src/training/engines/tensorflow/library.ts';
import { registerRecurrent } from '../../src/training/engines/tensorflow/recurrent.ts';
import { Learner, targetsOf } from '../../src/training/learner.ts';
import { Model } from '../../src/training/model.ts';
import { tinyExamples, tinyGraph } from '../unit/training/tiny.ts';
import { ENGINES_HERE, inFull } from './engines.ts';

const STEPS = inFull ? 500 : 100;
/** Steps until everything that stays has been made. */
const WARM = 10;

/** The library with its tensors counted; what it offers cannot be changed itself. */
function counted(binding: Binding): { binding: Binding; living: () => number } {
  let living = 0;
  const counting: Partial<Binding> = {
    createTensor: (...given) => {
      living++;
      return binding.createTensor(...given);
    },
    deleteTensor: (id) => {
      living--;
      binding.deleteTensor(id);
    },
    executeOp: (...given) => {
      const made = binding.executeOp(...given);
      living += made.length;
      return made;
    },
  };
  const either = { get: (_: object, name: keyof Binding) => counting[name] ?? binding[name] };
  return { binding: new Proxy({}, either as ProxyHandler<object>) as Binding, living: () => living };
}

/** The engine, put together as it starts, on the counted library; gives how many tensors live in it. */
async function startCounted(): Promise<() => number> {
  const { backend } = loadTensorflow(installationFolder()!, 2);
  const { binding, living } = counted(backend.binding);
  Object.assign(backend, { binding });
  registerEmbedding('tensorflow');
  registerRecurrent('tensorflow', backend, new Eager(backend), new Set());
  tf.registerBackend('tensorflow', () => backend);
  await tf.setBackend('tensorflow');
  return living;
}

describe.runIf(ENGINES_HERE.includes('tensorflow'))('the memory of tensorflow', () => {
  let living: () => number;
  beforeAll(async () => {
    living = await startCounted();
  });

  it.each([['LSTM'], ['GRU']])('is no more after many steps of %s', async (type) => {
    const training = trainingSchema.parse({ batch_size: 16, optimizer: { name: 'adam' } });
    const learner = new Learner(new Model(tinyGraph([type, { units: 5 }]), 1), training);
    const examples = tinyExamples(16);
    const order = Uint32Array.from({ length: 16 }, (_, i) => i);
    const taken: string[] = [];
    for (let batch = 0; batch < STEPS; batch++) {
      const targets = targetsOf(examples.labelsOf(order, 0, 16), 1, 'binary_crossentropy');
      await learner.trainBatch(examples.inputs(order, 0, 16), targets, 0, batch);
      if (batch >= WARM) taken.push([living(), tf.memory().numTensors].join());
    }
    expect(new Set(taken).size).toBe(1);
    learner.dispose();
  });
});
