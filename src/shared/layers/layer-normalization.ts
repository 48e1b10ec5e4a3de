import { z } from 'zod';
import type { LayerDefinition, WeightSpec } from './layer.ts';
import { pythonCall, rCall } from './calls.ts';
import { initializerSchema, resolvedInitializer } from './initializers.ts';
import { fits, misfits, showShape, sizeOf } from './shapes.ts';

const schema = z.strictObject({
  epsilon: z.number().positive().default(0.001),
  center: z.boolean().default(true),
  scale: z.boolean().default(true),
  beta_initializer: initializerSchema.default('zeros'),
  gamma_initializer: initializerSchema.default('ones'),
});
type NormalizationConfig = z.infer<typeof schema>;

export const layerNormalization: LayerDefinition<NormalizationConfig> = {
  type: 'LayerNormalization',
  baseName: 'layer_normalization',
  title: 'Layer normalization',
  family: 'regularise',
  summary: "Gives each step's features mean 0 and variance 1, then a learned scale and shift.",
  schema,
  parameters: {
    epsilon: { label: 'Epsilon', help: 'Keeps the division safe.', advanced: true, control: 'number' },
    center: { label: 'Shift', help: 'Learn a shift (beta).', control: 'boolean' },
    scale: { label: 'Scale', help: 'Learn a scale (gamma).', control: 'boolean' },
    beta_initializer: {
      label: 'Shift initializer',
      help: 'How beta starts.',
      advanced: true,
      control: 'choice',
    },
    gamma_initializer: {
      label: 'Scale initializer',
      help: 'How gamma starts.',
      advanced: true,
      control: 'choice',
    },
  },
  inputs: { min: 1, max: 1 },
  shape(_config, [input]) {
    if (input!.at(-1) !== null) return fits(input!);
    return misfits(
      `LayerNormalization needs a known number of features but receives ${showShape(input!)}.`,
      'Give the Input its sizes.',
    );
  },
  weights({ center, scale, beta_initializer, gamma_initializer }, [input]) {
    const shape = [input!.at(-1)!];
    const weights: WeightSpec[] = [];
    if (scale) weights.push({ name: 'gamma', shape, initializer: resolvedInitializer(gamma_initializer) });
    if (center) weights.push({ name: 'beta', shape, initializer: resolvedInitializer(beta_initializer) });
    return weights;
  },
  mask: () => 'pass',
  multiplyAdds: (_config, [input]) => 4 * sizeOf(input!),
  kept: (_config, [input]) => sizeOf(input!),
  equations({ epsilon, center, scale }, [input]) {
    const [gamma, beta] = [scale ? '\\gamma \\odot ' : '', center ? ' + \\beta' : ''];
    return [
      {
        tex: `y = ${gamma}\\frac{x - \\mu}{\\sqrt{\\sigma^2 + ${epsilon}}}${beta}`,
        plain: `y = ${scale ? 'gamma ' : ''}(x - mean) / sqrt(variance + ${epsilon})${center ? ' + beta' : ''}`,
        where: `mean and variance over the ${input!.at(-1)} features of a step`,
      },
    ];
  },
  symbols({ center, scale }, [input]) {
    const shape = [input!.at(-1)!];
    const gamma = { tex: '\\gamma', plain: 'gamma', meaning: 'learned scale', shape };
    const beta = { tex: '\\beta', plain: 'beta', meaning: 'learned shift', shape };
    return [...(scale ? [gamma] : []), ...(center ? [beta] : [])];
  },
  python: (config) => pythonCall('layers.LayerNormalization', schema, config),
  r: (config) => rCall('layer_layer_normalization', schema, config),
};
