import { z } from 'zod';
import type { LayerDefinition } from './layer.ts';
import { pythonCall, rCall } from './calls.ts';
import { initializerSchema } from './initializers.ts';
import { fits, showShape } from './shapes.ts';
import { heldFields, heldHelp, weight } from './weights.ts';

const schema = z.strictObject({
  input_dim: z.number().int().min(1).max(100_000_000),
  output_dim: z.number().int().min(1).max(100_000),
  embeddings_initializer: initializerSchema.default('uniform'),
  mask_zero: z.boolean().default(false),
  ...heldFields(['embeddings']),
});
type EmbeddingConfig = z.infer<typeof schema>;

export const embedding: LayerDefinition<EmbeddingConfig> = {
  type: 'Embedding',
  baseName: 'embedding',
  title: 'Embedding',
  family: 'embedding',
  summary: 'Turns each word id into a learned vector.',
  schema,
  start: { input_dim: 10000, output_dim: 32 },
  parameters: {
    input_dim: {
      label: 'Vocabulary',
      help: 'How many ids there are, 0 included: the number of words kept.',
      prominent: true,
      control: 'integer',
    },
    output_dim: {
      label: 'Vector size',
      help: 'Numbers a word is turned into.',
      prominent: true,
      control: 'integer',
    },
    embeddings_initializer: {
      label: 'Initializer',
      help: 'How the vectors start.',
      advanced: true,
      control: 'choice',
    },
    mask_zero: {
      label: 'Mask zeros',
      help: 'Skip padding: later layers do not see steps with id 0.',
      prominent: true,
      control: 'boolean',
    },
    ...heldHelp({ embeddings: 'Vector' }),
  },
  inputs: { min: 1, max: 1 },
  shape({ output_dim }, [ids]) {
    if (ids!.length === 2) return fits([...ids!, output_dim]);
    const message = `Embedding reads word ids (batch, time) but receives ${showShape(ids!)}.`;
    const fix = 'Connect it to an Input of shape (length,) with int32 ids.';
    return { ok: false, problem: { message, fix, needs: 'ids' } };
  },
  weights: (config) => [weight('embeddings', [config.input_dim, config.output_dim], config)],
  mask: ({ mask_zero }) => (mask_zero ? 'make' : 'drop'),
  multiplyAdds: () => 0,
  equations: ({ input_dim, output_dim, mask_zero }) => [
    {
      tex: `x_t = E_{w_t,:} \\in \\mathbb{R}^{${output_dim}}`,
      plain: 'x_t = E[w_t]',
      where: `w_t: word id, 0 to ${input_dim - 1}${mask_zero ? '; steps with id 0 are skipped' : ''}`,
    },
  ],
  symbols: ({ input_dim, output_dim }) => [
    { tex: 'E', plain: 'E', meaning: 'embeddings', shape: [input_dim, output_dim] },
  ],
  python: (config) => pythonCall('layers.Embedding', schema, config, ['input_dim', 'output_dim']),
  r: (config) => rCall('layer_embedding', schema, config),
};
