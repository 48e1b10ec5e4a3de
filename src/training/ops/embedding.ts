/** The op `embedding`: rows of a table by id. Its gradient is sparse; engines keep it so up to the optimizer's update. */
import * as tf from '@tensorflow/tfjs-core';

export const EMBEDDING = 'UnrollEmbedding';
export const EMBEDDING_GRADIENT = 'UnrollEmbeddingGradient';

/** `ids` (B, T) int32 in [0, V), `table` (V, E) → (B, T, E). */
export function embedding(table: tf.Tensor2D, ids: tf.Tensor2D): tf.Tensor3D {
  if (!tf.getKernel(EMBEDDING, tf.getBackend())) return tf.gather(table, ids) as unknown as tf.Tensor3D;
  return tf.engine().runKernel(EMBEDDING, { table, ids }) as tf.Tensor3D;
}

tf.registerGradient({
  kernelName: EMBEDDING,
  inputsToSave: ['table', 'ids'],
  gradFunc: (dy, [table, ids]) => ({
    table: () => tf.engine().runKernel(EMBEDDING_GRADIENT, { dy: dy as tf.Tensor, table: table!, ids: ids! }) as tf.Tensor,
    ids: () => tf.zerosLike(ids!),
  }),
});
