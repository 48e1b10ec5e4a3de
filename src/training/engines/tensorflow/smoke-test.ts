/**
 * Tries the engine in a process of its own, after its installation: the output and gradients of each cell against the reference
 * op. Says how the engine runs and ends well, or says what differs and does not.
 */
import * as tf from '@tensorflow/tfjs-core';
import { UnrollError } from '../../../shared/errors.ts';
import { GATES } from '../../ops/cells.ts';
import { CELLS, recurrent } from '../../ops/recurrent.ts';
import type { Cell, RecurrentAttributes } from '../../ops/recurrent.ts';
import { referenceEngine } from '../reference.ts';
import { tensorflowEngine } from './index.ts';

const [B, T, D, U] = [3, 5, 2, 4];
/** Of values around 1. */
const TOLERANCE = 1e-4;

/** Numbers that look random, the same on every backend. */
const values = (...shape: number[]): tf.Tensor => {
  const length = shape.reduce((product, size) => product * size, 1);
  return tf.tensor(
    Float32Array.from({ length }, (_, i) => Math.sin(7 * i + length)),
    shape,
  );
};

/** The output's squares' sum, and its gradients by x and the weights. */
function run(cell: Cell): number[] {
  const attributes: RecurrentAttributes = {
    cell,
    units: U,
    activation: 'tanh',
    recurrentActivation: 'sigmoid',
    returnSequences: false,
    goBackwards: false,
    resetAfter: true,
    outputSees: 'old',
  };
  const width = GATES[cell] * U;
  return tf.tidy(() => {
    const carryKernel = cell === 'BookLSTM' ? (values(U, U) as tf.Tensor2D) : null;
    const objective = (...given: tf.Tensor[]): tf.Tensor => {
      const [x, kernel, recurrentKernel, bias] = given as [tf.Tensor3D, tf.Tensor2D, tf.Tensor2D, tf.Tensor];
      const inputs = { x, kernel, recurrentKernel, bias, carryKernel, mask: null };
      return tf.sum(tf.square(recurrent(inputs, attributes)));
    };
    const bias = cell === 'GRU' ? values(2, width) : values(width);
    const { value, grads } = tf.valueAndGrads(objective)([
      values(B, T, D),
      values(D, width),
      values(U, width),
      bias,
    ]);
    return [value, ...grads].flatMap((tensor) => [...tensor.dataSync<'float32'>()]);
  });
}

/** How the engine runs. @throws Error where it differs, or cannot be loaded */
async function compare(): Promise<string> {
  await referenceEngine.start({ threads: 1 });
  const expected = CELLS.map(run);
  const { detail } = await tensorflowEngine.start({ threads: null });
  CELLS.forEach((cell, at) => {
    const apart = run(cell).map((value, i) => Math.abs(value - expected[at]![i]!));
    const most = Math.max(...apart);
    // Written so that what is no number fails too.
    if (!(most <= TOLERANCE)) throw new Error(`${cell} differs from plain tensorflow.js by ${most}`);
  });
  return detail;
}

try {
  process.stdout.write(`${await compare()}\n`);
} catch (error) {
  // The loader's own words, which become a part of a sentence.
  const reason = error instanceof UnrollError ? error.cause : error;
  const [line] = (reason instanceof Error ? reason.message : String(reason)).split('\n');
  process.stderr.write(`${line}\n`);
  process.exitCode = 1;
}
