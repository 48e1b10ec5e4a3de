import type * as tf from '@tensorflow/tfjs-core';
import { embedding } from '../ops/embedding.ts';
import { SpecifiedLayer } from './layer.ts';

/** Keras's Embedding: (B, T) ids → (B, T, E). */
export class EmbeddingLayer extends SpecifiedLayer {
  static readonly className = 'UnrollEmbedding';

  protected run([ids]: tf.Tensor[]): tf.Tensor {
    return embedding(this.weight('embeddings') as tf.Tensor2D, ids as tf.Tensor2D);
  }
}
