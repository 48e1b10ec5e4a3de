/** What the layers share that give one value of each feature for the whole sequence. */
import { z } from 'zod';
import type { Shape } from '../graph/graph.ts';
import type { ParameterHelp, ShapeResult } from './layer.ts';
import { dataFormatHelp, dataFormatSchema, inFormat } from './data-format.ts';
import { fits, sequenceProblem } from './shapes.ts';

export const globalPoolingSchema = z.strictObject({
  data_format: dataFormatSchema,
  keepdims: z.boolean().default(false),
});
export type GlobalPoolingConfig = z.infer<typeof globalPoolingSchema>;

export const globalPoolingHelp = {
  keepdims: {
    label: 'Keep the time axis',
    help: 'Give a sequence of one step, not a row of features.',
    advanced: true,
    control: 'boolean',
  },
  data_format: dataFormatHelp,
} as const satisfies Record<keyof GlobalPoolingConfig, ParameterHelp>;

/** (batch, steps, features) to (batch, features), or to (batch, 1, features) with keepdims. */
export function globalPoolingShape(
  type: string,
  { data_format, keepdims }: GlobalPoolingConfig,
  inputs: readonly Shape[],
): ShapeResult {
  return inFormat(inputs, data_format, (input) => {
    const problem = sequenceProblem(type, input);
    if (problem) return { ok: false, problem };
    return fits(keepdims ? [null, 1, input[2]!] : [null, input[2]!]);
  });
}
