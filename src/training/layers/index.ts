/** The tfjs layers that a layer of the catalogue becomes. Every default is Keras's, stated by the catalogue's schema. */
import { layers } from '@tensorflow/tfjs-layers';
import { directionsOf } from '../../shared/layers/bidirectional.ts';
import type { DataFormat } from '../../shared/layers/data-format.ts';
import type { GlobalPoolingConfig } from '../../shared/layers/global-pooling.ts';
import type { NormalizationConfig } from '../../shared/layers/layer-normalization.ts';
import type { WeightSpec } from '../../shared/layers/layer.ts';
import { UnrollError } from '../../shared/errors.ts';
import { CELLS } from '../ops/recurrent.ts';
import type { Cell } from '../ops/recurrent.ts';
import { ActivationLayer } from './activation.ts';
import { BidirectionalLayer } from './bidirectional.ts';
import type { Direction, MergeMode } from './bidirectional.ts';
import { ConvolutionLayer } from './convolution.ts';
import type { ConvolutionConfig } from './convolution.ts';
import { DenseLayer } from './dense.ts';
import { DropoutLayer } from './dropout.ts';
import { EmbeddingLayer } from './embedding.ts';
import { FlattenLayer } from './flatten.ts';
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
    const { merge_mode, ...layers } = config as Parameters<typeof directionsOf>[0] & {
      merge_mode: MergeMode;
    };
    const directions = directionsOf(layers).map(({ name, type, config: own }): Direction => ({
      name,
      cell: type,
      config: own as unknown as RecurrentConfig,
    })) as [Direction, Direction];
    return [new BidirectionalLayer(id, directions, merge_mode, specs)];
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
  Dropout: ({ id, config }) => {
    const { rate, noise_shape } = config as { rate: number; noise_shape: (number | null)[] | null };
    return [new DropoutLayer(id, rate, noise_shape)];
  },
  Flatten: ({ id, config }) => [new FlattenLayer(id, (config as { data_format: DataFormat }).data_format)],
  GlobalMaxPooling1D: ({ id, config }) => [new GlobalMaxPoolingLayer(id, config as GlobalPoolingConfig)],
  GlobalAveragePooling1D: ({ id, config }) => [
    new GlobalAveragePoolingLayer(id, config as GlobalPoolingConfig),
  ],
  MaxPooling1D: ({ id, config }) => {
    const { pool_size, strides, padding, data_format } = config as {
      pool_size: number;
      strides: number | null;
      padding: 'valid' | 'same';
      data_format: DataFormat;
    };
    const attributes = { size: pool_size, strides: strides ?? pool_size, padding };
    return [new MaxPoolingLayer(id, attributes, data_format)];
  },
  LayerNormalization: ({ id, config, specs }) => [
    new LayerNormalizationLayer(id, config as NormalizationConfig, specs),
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
