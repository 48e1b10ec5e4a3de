/** The op `embedding` on this engine: TensorFlow's gather, whose gradient is a sum by segment. */
import * as tf from '@tensorflow/tfjs-core';
import { EMBEDDING, EMBEDDING_GRADIENT } from '../../ops/embedding.ts';

export function registerEmbedding(backendName: string): void {
  tf.registerKernel({
    kernelName: EMBEDDING,
    backendName,
    kernelFunc: ({ inputs }) => tf.gather(inputs.table as tf.Tensor, inputs.ids as tf.Tensor),
  });
  tf.registerKernel({
    kernelName: EMBEDDING_GRADIENT,
    backendName,
    kernelFunc: ({ inputs }) => {
      const { dy, ids, table } = inputs as Record<string, tf.Tensor>;
      const [V, E] = table!.shape as [number, number];
      return tf.unsortedSegmentSum(tf.reshape(dy!, [-1, E]), tf.reshape(ids!, [-1]) as tf.Tensor1D, V);
    },
  });
}
