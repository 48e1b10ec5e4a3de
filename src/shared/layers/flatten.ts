import { z } from 'zod';
import { defineLayer } from './define.ts';
import { ok, problem, shapeText } from './parameters.ts';

export const flatten = defineLayer({
  type: 'Flatten',
  baseName: 'flatten',
  title: 'Flatten',
  family: 'shape',
  summary: 'Lays all sizes but the batch behind one another.',
  schema: z.strictObject({}),
  rName: 'layer_flatten',
  parameters: {},
  shape: (_, inputs) => {
    const sizes = inputs[0]!.slice(1);
    if (sizes.includes(null))
      return problem(
        `Flatten needs known sizes, but receives ${shapeText(inputs[0]!)}.`,
        'Give the Input a fixed length.',
      );
    return ok([inputs[0]![0]!, sizes.reduce<number>((product, size) => product * size!, 1)]);
  },
});
