import { z } from 'zod';
import type { Shape } from '../graph/graph.ts';
import type { LayerDefinition } from './layer.ts';
import { pythonCall } from './calls.ts';
import { fits, misfits, showShape } from './shapes.ts';

const schema = z.strictObject({
  /** Counted from 0, the batch, as Keras does; -1 is the last. */
  axis: z.number().int().min(-3).max(3).default(-1),
});
type ConcatenateConfig = z.infer<typeof schema>;

/** Two sizes together; not known where one is not. */
const plus = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a + b);

export const concatenate: LayerDefinition<ConcatenateConfig> = {
  type: 'Concatenate',
  baseName: 'concatenate',
  title: 'Concatenate',
  family: 'merge',
  summary: 'Puts the outputs of several layers side by side.',
  schema,
  parameters: {
    axis: {
      label: 'Axis',
      help: '-1 joins features, 1 joins steps.',
      prominent: true,
      control: 'integer',
      min: -3,
      max: 3,
    },
  },
  inputs: { min: 2, max: 64 },
  shape({ axis }, inputs) {
    const first = inputs[0]!;
    const at = axis < 0 ? first.length + axis : axis;
    if (at < 1 || at >= first.length)
      return misfits(`Concatenate has no axis ${axis} in ${showShape(first)}.`, 'Use -1 to join features.', {
        axis: -1,
      });
    const others = (shape: Shape) => JSON.stringify(shape.toSpliced(at, 1));
    if (inputs.some((shape) => shape.length !== first.length || others(shape) !== others(first)))
      return misfits(
        `Concatenate receives ${inputs.map(showShape).join(' and ')}, which differ in more than axis ${axis}.`,
        'Make all other sizes equal, for example by return_sequences or pooling in each branch.',
      );
    const joined = inputs.reduce<number | null>((sum, shape) => plus(sum, shape[at] ?? null), 0);
    return fits([...first.slice(0, at), joined, ...first.slice(at + 1)]);
  },
  weights: () => [],
  mask: () => 'pass',
  multiplyAdds: () => 0,
  equations: (_config, inputs) => [
    {
      tex: `y = [${inputs.map((_, i) => `x_{${i + 1}}`).join(', ')}]`,
      plain: `y = [${inputs.map((_, i) => `x_${i + 1}`).join(', ')}]`,
    },
  ],
  python: (config) => pythonCall('layers.Concatenate', schema, config),
  // R counts axes from 1.
  r: ({ axis }) => `layer_concatenate(${axis === -1 ? '' : `axis = ${axis < 0 ? axis : axis + 1}`})`,
};
