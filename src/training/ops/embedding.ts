/** The op `embedding`: rows of a table by id. Its gradient is sparse; engines keep it so up to the optimizer's update. */
import * as tf from '@tensorflow/tfjs-core';

export const EMBEDDING = 'UnrollEmbedding';
export const EMBEDDING_GRADIENT = 'UnrollEmbeddingGradient';

/** `ids` (B, T) int32 in [0, V), `table` (V, E) → (B, T, E). */
export function embedding(table: tf.Tensor2D, ids: tf.Tensor2D): tf.Tensor3D {
  if (!tf.getKernel(EMBEDDING, tf.getBackend())) return gathered(table, ids);
  return tf.engine().runKernel(EMBEDDING, { table, ids }) as tf.Tensor3D;
}

/** tfjs's own gradient of gather looks through all ids once for every row of the table: minutes at 10,000 words. */
function gathered(table: tf.Tensor2D, ids: tf.Tensor2D): tf.Tensor3D {
  const op = tf.customGrad((rows, save) => {
    (save as tf.GradSaveFunc)([]);
    const gradFunc = (dy: tf.Tensor) => addedByRow(dy, ids, table.shape);
    return { value: tf.gather(rows as tf.Tensor, ids), gradFunc };
  });
  return op(table) as tf.Tensor3D;
}

/** The gradient of the table: every row of dy (B, T, E) added to the row of its id. */
function addedByRow(dy: tf.Tensor, ids: tf.Tensor2D, [V, E]: [number, number]): tf.Tensor2D {
  const gradient = new Float32Array(V * E);
  const values = dy.dataSync<'float32'>();
  ids.dataSync<'int32'>().forEach((id, at) => {
    for (let k = 0; k < E; k++) gradient[id * E + k]! += values[at * E + k]!;
  });
  return tf.tensor2d(gradient, [V, E]);
}

tf.registerGradient({
  kernelName: EMBEDDING,
  inputsToSave: ['table', 'ids'],
  gradFunc: (dy, [table, ids]) => ({
    table: () =>
      tf
        .engine()
        .runKernel(EMBEDDING_GRADIENT, { dy: dy as tf.Tensor, table: table!, ids: ids! }) as tf.Tensor,
    ids: () => tf.zerosLike(ids!),
  }),
});
