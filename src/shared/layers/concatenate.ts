import { z } from 'zod';
import { defineLayer } from './define.ts';
import { help, ok, problem, shapeText } from './parameters.ts';

const schema = z.strictObject({ axis: z.number().int().min(-3).max(3).default(-1) });

export const concatenate = defineLayer({
  type: 'Concatenate',
  baseName: 'concatenate',
  title: 'Concatenate',
  family: 'merge',
  summary: 'Lays several inputs behind one another along one axis.',
  schema,
  rName: 'layer_concatenate',
  inputs: { min: 2, max: 64 },
  parameters: {
    axis: {
      ...help.number('Axis', 'The axis that grows; -1 is the last, the features.'),
      control: 'integer',
    },
  },
  shape: ({ axis }, inputs) => {
    const [first, ...others] = inputs;
    const at = axis < 0 ? first!.length + axis : axis;
    const fits = (shape: (typeof inputs)[number]) =>
      shape.length === first!.length && shape.every((size, i) => i === at || size === first![i]);
    if (at < 1 || at >= first!.length || !others.every(fits)) {
      return problem(
        `Concatenate needs inputs that agree in all sizes but axis ${axis}, but receives ${inputs.map(shapeText).join(' and ')}.`,
        'Bring the branches to the same steps, or choose another axis.',
      );
    }
    const total = inputs.reduce<number | null>(
      (sum, shape) => (sum === null || shape[at] === null ? null : sum + shape[at]!),
      0,
    );
    return ok(first!.map((size, i) => (i === at ? total : size)));
  },
  mask: () => 'pass',
  equations: () => [{ tex: 'y = [x^{(1)}, x^{(2)}, \\ldots]', plain: 'y = [x1, x2, ...]' }],
});
