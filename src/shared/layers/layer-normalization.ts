import { z } from 'zod';
import type { Shape } from '../graph/graph.ts';
import type { LayerDefinition } from './layer.ts';
import { pythonCall, rCall } from './calls.ts';
import { initializerSchema } from './initializers.ts';
import { fits, misfits, showShape, sizeOf } from './shapes.ts';
import { heldFields, heldHelp, weight } from './weights.ts';

const axis = z.number().int().min(-8).max(8);
const schema = z.strictObject({
  /** Counted from 0, the batch, as Keras does; -1 is the last. */
  axis: z.union([axis, z.array(axis).min(1).max(8)]).default(-1),
  epsilon: z.number().positive().default(0.001),
  center: z.boolean().default(true),
  scale: z.boolean().default(true),
  rms_scaling: z.boolean().default(false),
  beta_initializer: initializerSchema.default('zeros'),
  gamma_initializer: initializerSchema.default('ones'),
  ...heldFields(['beta', 'gamma']),
});
export type NormalizationConfig = z.infer<typeof schema>;

/** The axes as Keras sorts them, by which the weights lie. */
const sorted = (axes: NormalizationConfig['axis']): number[] => [axes].flat().sort((a, b) => a - b);

/** The axes counted from the batch, as `sorted`. */
export function axesOf(
  { axis: axes }: { axis?: NormalizationConfig['axis'] },
  input: Pick<Shape, 'length'>,
): number[] {
  return sorted(axes ?? -1).map((place) => (place < 0 ? input.length + place : place));
}

/** The sizes along the axes; null where one is not known or not there. */
function sizesAlong(config: Pick<NormalizationConfig, 'axis'>, input: Shape): number[] | null {
  const places = axesOf(config, input);
  const sizes = places.map((place) => (place > 0 ? (input[place] ?? null) : null));
  if (new Set(places).size < places.length || sizes.includes(null)) return null;
  return sizes as number[];
}

/** As in Keras, what scales alone learns its scale in any case. */
const learns = ({
  center,
  scale,
  rms_scaling,
}: Pick<NormalizationConfig, 'center' | 'scale' | 'rms_scaling'>) => ({
  scales: scale || rms_scaling,
  shifts: center && !rms_scaling,
});

/** Over what the mean is taken, in words. */
function spanWords(config: NormalizationConfig, input: Shape): string {
  const sizes = sizesAlong(config, input)!;
  const places = axesOf(config, input);
  if (places.length === 1 && places[0] === input.length - 1) return `the ${sizes[0]} features of a step`;
  if (places.length === 1) return `the ${sizes[0]} steps of a feature`;
  return `all ${sizes.join(' times ')} numbers of an example`;
}

export const layerNormalization: LayerDefinition<NormalizationConfig> = {
  type: 'LayerNormalization',
  baseName: 'layer_normalization',
  title: 'Layer normalization',
  family: 'regularise',
  summary: "Gives each step's features mean 0 and variance 1, then a learned scale and shift.",
  schema,
  parameters: {
    axis: {
      label: 'Axes',
      help: 'Over what the mean is taken: -1 the features of a step, 1 the steps of a feature, 1, 2 both.',
      advanced: true,
      control: 'axes',
    },
    epsilon: { label: 'Epsilon', help: 'Keeps the division safe.', advanced: true, control: 'number' },
    center: { label: 'Shift', help: 'Learn a shift (beta).', control: 'boolean' },
    scale: { label: 'Scale', help: 'Learn a scale (gamma).', control: 'boolean' },
    rms_scaling: {
      label: 'Scale alone',
      help: 'Divide by the deviation without taking the mean off, and learn no shift.',
      advanced: true,
      control: 'boolean',
    },
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
    ...heldHelp({ beta: 'Shift', gamma: 'Scale' }),
  },
  inputs: { min: 1, max: 1 },
  shape(config, [input]) {
    if (sizesAlong(config, input!)) return fits(input!);
    if (config.axis === -1)
      return misfits(
        `LayerNormalization needs a known number of features but receives ${showShape(input!)}.`,
        'Give the Input its sizes.',
      );
    return misfits(
      `LayerNormalization over axis ${[config.axis].flat().join(' and ')} does not fit its input ${showShape(input!)}.`,
      'Give axes whose sizes are known, each once, or -1.',
      { axis: -1 },
    );
  },
  weights(config, [input]) {
    const shape = sizesAlong(config, input!)!;
    const { scales, shifts } = learns(config);
    return [
      ...(scales ? [weight('gamma', shape, config)] : []),
      ...(shifts ? [weight('beta', shape, config)] : []),
    ];
  },
  mask: () => 'pass',
  multiplyAdds: (_config, [input]) => 4 * sizeOf(input!),
  kept: (_config, [input]) => sizeOf(input!),
  passing: (_config, [input]) => 14 * sizeOf(input!),
  equations(config, [input]) {
    const { epsilon, rms_scaling } = config;
    const { scales, shifts } = learns(config);
    const [gamma, beta] = [scales ? '\\gamma \\odot ' : '', shifts ? ' + \\beta' : ''];
    const [tex, plain] = rms_scaling ? ['x', 'x'] : ['x - \\mu', '(x - mean)'];
    return [
      {
        tex: `y = ${gamma}\\frac{${tex}}{\\sqrt{\\sigma^2 + ${epsilon}}}${beta}`,
        plain: `y = ${scales ? 'gamma ' : ''}${plain} / sqrt(variance + ${epsilon})${shifts ? ' + beta' : ''}`,
        where: `${rms_scaling ? '' : 'mean and '}variance over ${spanWords(config, input!)}`,
      },
    ];
  },
  symbols(config, [input]) {
    const shape = sizesAlong(config, input!)!;
    const { scales, shifts } = learns(config);
    const gamma = { tex: '\\gamma', plain: 'gamma', meaning: 'learned scale', shape };
    const beta = { tex: '\\beta', plain: 'beta', meaning: 'learned shift', shape };
    return [...(scales ? [gamma] : []), ...(shifts ? [beta] : [])];
  },
  python: (config) => pythonCall('layers.LayerNormalization', schema, config),
  // R counts axes from 1.
  r({ axis: axes, ...config }) {
    const counted = [axes].flat().map((place) => (place < 0 ? place : place + 1));
    return rCall('layer_layer_normalization', schema, {
      ...config,
      axis: counted.length === 1 ? counted[0] : counted,
    });
  },
};
