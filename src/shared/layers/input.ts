import { z } from 'zod';
import type { LayerDefinition } from './layer.ts';
import { pythonCall, rCall } from './calls.ts';
import { fits, misfits, showShape } from './shapes.ts';

const schema = z.strictObject({
  /** Sizes of one example, without the batch; only the first may be null (any length). */
  shape: z.array(z.number().int().min(1).max(10_000_000).nullable()).min(1).max(3),
  dtype: z.enum(['float32', 'int32']).default('float32'),
});
type InputConfig = z.infer<typeof schema>;

export const input: LayerDefinition<InputConfig> = {
  type: 'Input',
  baseName: 'input',
  title: 'Input',
  family: 'input',
  summary: 'What the model reads: word ids (length,) or values (length, width).',
  schema,
  start: { shape: [500], dtype: 'int32' },
  parameters: {
    shape: {
      label: 'Shape',
      help: 'Sizes of one example without the batch: the padded length, and for values their number a step.',
      prominent: true,
      control: 'shape',
    },
    dtype: {
      label: 'Kind of number',
      help: 'int32 for word ids, float32 for values.',
      prominent: true,
      control: 'choice',
    },
  },
  inputs: { min: 0, max: 0 },
  shape({ shape }) {
    const unknown = shape.slice(1).includes(null);
    if (!unknown) return fits([null, ...shape]);
    return misfits(
      `Input has the shape ${showShape(shape)}; only the first size, the length, may be open.`,
      'State the other sizes.',
    );
  },
  weights: () => [],
  mask: () => 'drop',
  multiplyAdds: () => 0,
  equations({ shape, dtype }) {
    const sizes = shape.map((size) => size ?? 'T').join(' \\times ');
    const set = dtype === 'int32' ? '\\mathbb{N}' : '\\mathbb{R}';
    return [{ tex: `x \\in ${set}^{${sizes}}`, plain: `x ${showShape(shape)}, ${dtype}` }];
  },
  python: (config) => pythonCall('keras.Input', schema, config),
  r: (config) => rCall('keras_input', schema, config),
};
