import * as tf from '@tensorflow/tfjs-core';

/** Does work that ends in plain numbers, and frees every tensor it made (`tf.tidy` wants tensors for a result). */
export function numbersOf<T>(work: () => T): T {
  tf.engine().startScope();
  try {
    return work();
  } finally {
    tf.engine().endScope();
  }
}
