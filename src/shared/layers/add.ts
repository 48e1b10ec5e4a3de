import { z } from 'zod';
import { defineLayer } from './define.ts';
import { ok, problem, shapeText } from './parameters.ts';

export const add = defineLayer({
  type: 'Add',
  baseName: 'add',
  title: 'Add',
  family: 'merge',
  summary: 'Adds several inputs of one shape, as around a residual branch.',
  schema: z.strictObject({}),
  rName: 'layer_add',
  inputs: { min: 2, max: 64 },
  parameters: {},
  shape: (_, inputs) => {
    const same = inputs.every((shape) => shapeText(shape) === shapeText(inputs[0]!));
    return same
      ? ok(inputs[0]!)
      : problem(
          `Add needs inputs of one shape, but receives ${inputs.map(shapeText).join(' and ')}.`,
          'Bring the branches to the same shape first.',
        );
  },
  mask: () => 'pass',
  equations: () => [{ tex: 'y = x^{(1)} + x^{(2)} + \\ldots', plain: 'y = x1 + x2 + ...' }],
});
