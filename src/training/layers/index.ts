/** The tfjs layers that a layer of the catalogue becomes. Every default is Keras's, stated by the catalogue's schema. */
import { layers } from '@tensorflow/tfjs-layers';
import type { WeightSpec } from '../../shared/layers/layer.ts';
import { UnrollError } from '../../shared/errors.ts';
import { CELLS } from '../ops/recurrent.ts';
import type { Cell } from '../ops/recurrent.ts';
import { ActivationLayer } from './activation.ts';
import { BidirectionalLayer } from './bidirectional.ts';
import type { MergeMode } from './bidirectional.ts';
import { ConvolutionLayer } from './convolution.ts';
import type { ConvolutionConfig } from './convolution.ts';
import { DenseLayer } from './dense.ts';
import { DropoutLayer } from './dropout.ts';
import { EmbeddingLayer } from './embedding.ts';
import { LayerNormalizationLayer } from './normalization.ts';
import { GlobalAveragePoolingLayer, GlobalMaxPoolingLayer, MaxPoolingLayer } from './pooling.ts';
import { RecurrentLayer } from './recurrent.ts';
import type { RecurrentConfig } from './recurrent.ts';

/** A layer of a graph, its configuration completed by the catalogue. */
export interface Blueprint {
  id: string;
  type: string;
  config: object;
  specs: readonly WeightSpec[];
}

/** One layer, or two: what computes and the activation behind it, so that losses can reach the logits. */
type Construct = (blueprint: Blueprint) => layers.Layer[];

const CONSTRUCT: Readonly<Record<string, Construct>> = {
  Embedding: ({ id, specs }) => [new EmbeddingLayer(id, specs)],
  ...Object.fromEntries(CELLS.map((cell) => [cell, recurrentLayer(cell)])),
  Bidirectional: ({ id, config, specs }) => {
    const { layer, merge_mode } = config as {
      layer: { type: Cell; config: RecurrentConfig };
      merge_mode: MergeMode;
    };
    return [new BidirectionalLayer(id, layer.type, layer.config, merge_mode, specs)];
  },
  Dense: ({ id, config, specs }) => {
    const { activation } = config as { activation: string | null };
    // Those that a loss takes from its logits stay apart.
    if (activation === 'sigmoid' || activation === 'softmax')
      return [new DenseLayer(id, 'linear', specs), new ActivationLayer(`${id}/activation`, activation)];
    return [new DenseLayer(id, activation ?? 'linear', specs)];
  },
  Conv1D: ({ id, config, specs }) => [new ConvolutionLayer(id, config as ConvolutionConfig, specs)],
  Activation: ({ id, config }) => [new ActivationLayer(id, (config as { activation: string }).activation)],
  Dropout: ({ id, config }) => [new DropoutLayer(id, (config as { rate: number }).rate)],
  Flatten: ({ id }) => [layers.flatten({ name: id })],
  GlobalMaxPooling1D: ({ id }) => [new GlobalMaxPoolingLayer(id, [])],
  GlobalAveragePooling1D: ({ id }) => [new GlobalAveragePoolingLayer(id, [])],
  MaxPooling1D: ({ id, config }) => {
    const { pool_size, strides, padding } = config as {
      pool_size: number;
      strides: number | null;
      padding: 'valid' | 'same';
    };
    return [new MaxPoolingLayer(id, { size: pool_size, strides: strides ?? pool_size, padding })];
  },
  LayerNormalization: ({ id, config, specs }) => [
    new LayerNormalizationLayer(id, (config as { epsilon: number }).epsilon, specs),
  ],
  Concatenate: ({ id, config }) => [
    layers.concatenate({ name: id, axis: (config as { axis: number }).axis }),
  ],
  Add: ({ id }) => [layers.add({ name: id })],
};

/** @throws UnrollError `model-invalid` for a layer that cannot be trained here */
export function constructLayers(blueprint: Blueprint, model: string): layers.Layer[] {
  const construct = CONSTRUCT[blueprint.type];
  if (construct) return construct(blueprint);
  const reason = `${blueprint.type} cannot be trained by this version`;
  throw new UnrollError('model-invalid', { name: model, reason, fix: `Replace the layer ${blueprint.id}.` });
}

function recurrentLayer(cell: Cell): Construct {
  return ({ id, config, specs }) => [new RecurrentLayer(id, cell, config as RecurrentConfig, specs)];
}
