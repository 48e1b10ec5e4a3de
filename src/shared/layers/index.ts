/** The layer catalogue: to add a layer is to add its file and a line here. */
import { UnrollError } from '../errors.ts';
import { activation } from './activation.ts';
import { add } from './add.ts';
import { bidirectional } from './bidirectional.ts';
import { bookLstm } from './book-lstm.ts';
import { concatenate } from './concatenate.ts';
import { conv1d } from './conv-1d.ts';
import { dense } from './dense.ts';
import { dropout } from './dropout.ts';
import { embedding } from './embedding.ts';
import { flatten } from './flatten.ts';
import { globalAveragePooling1d } from './global-average-pooling-1d.ts';
import { globalMaxPooling1d } from './global-max-pooling-1d.ts';
import { gru } from './gru.ts';
import { input } from './input.ts';
import { layerNormalization } from './layer-normalization.ts';
import type { LayerDefinition } from './layer.ts';
import { lstm } from './lstm.ts';
import { maxPooling1d } from './max-pooling-1d.ts';
import { simpleRnn } from './simple-rnn.ts';

/** In the palette's order. */
export const layerDefinitions: readonly LayerDefinition[] = [
  ...[input, embedding, simpleRnn, lstm, gru, bookLstm, bidirectional, dense, activation],
  ...[conv1d, maxPooling1d, globalMaxPooling1d, globalAveragePooling1d, flatten],
  ...[dropout, layerNormalization, concatenate, add],
];

const byType = new Map(layerDefinitions.map((definition) => [definition.type, definition]));

/** The definition of a Keras class name, or null when the catalogue has no such layer. */
export function findLayer(type: string): LayerDefinition | null {
  return byType.get(type) ?? null;
}

/** @throws UnrollError `model-invalid` when the catalogue has no such layer. */
export function layerDefinition(type: string): LayerDefinition {
  const definition = findLayer(type);
  if (definition) return definition;
  const fix = `Use one of ${layerDefinitions.map((one) => one.type).join(', ')}.`;
  throw new UnrollError('model-invalid', { name: type, reason: `there is no layer of type ${type}`, fix });
}
