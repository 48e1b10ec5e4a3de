/** Which axis of a sequence is time, the parameter `data_format` of Keras's layers over time. */
import { z } from 'zod';
import type { Shape } from '../graph/graph.ts';
import type { ParameterHelp, ShapeResult } from './layer.ts';

export const dataFormatSchema = z.enum(['channels_last', 'channels_first']).default('channels_last');
export type DataFormat = z.infer<typeof dataFormatSchema>;

export const dataFormatHelp = {
  label: 'Data format',
  help: 'channels_last reads (steps, features), as every layer here; channels_first reads (features, steps).',
  advanced: true,
  control: 'choice',
} as const satisfies ParameterHelp;

/** (batch, steps, features) of what a layer reads or gives in its own order, and back again. */
export function stepsFirst(shape: Shape, format: DataFormat): Shape {
  if (format === 'channels_last' || shape.length !== 3) return shape;
  return [shape[0]!, shape[2]!, shape[1]!];
}

/** The shape a layer gives for an input with its steps first, in its own order. */
export function inFormat(
  [input]: readonly Shape[],
  format: DataFormat,
  shape: (input: Shape) => ShapeResult,
): ShapeResult {
  const result = shape(stepsFirst(input!, format));
  return result.ok ? { ok: true, shape: stepsFirst(result.shape, format) } : result;
}

/** What an equation adds where the input has its axes the other way round. */
export const formatWords = (format: DataFormat): string =>
  format === 'channels_last' ? '' : 'x has its features before its steps';
