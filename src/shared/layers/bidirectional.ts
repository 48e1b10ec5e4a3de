import { z } from 'zod';
import type { LayerDefinition, WeightSpec } from './layer.ts';
import { bookLstm } from './book-lstm.ts';
import { pythonLiteral, rLiteral } from './calls.ts';
import { gru } from './gru.ts';
import { lstm } from './lstm.ts';
import { fits } from './shapes.ts';
import { simpleRnn } from './simple-rnn.ts';

const wrapped = <T extends string, C extends z.ZodType>(type: T, config: C) =>
  z.strictObject({ type: z.literal(type), config });

const layerSchema = z.discriminatedUnion('type', [
  wrapped('SimpleRNN', simpleRnn.schema),
  wrapped('LSTM', lstm.schema),
  wrapped('GRU', gru.schema),
  wrapped('BookLSTM', bookLstm.schema),
]);

/** Keras's files call a wrapped layer's type `class_name`. */
function fromKeras(layer: unknown): unknown {
  if (typeof layer !== 'object' || layer === null || !('class_name' in layer)) return layer;
  const { class_name: type, ...rest } = layer;
  return { type, ...rest };
}

const schema = z.strictObject({
  layer: z.preprocess(fromKeras, layerSchema),
  merge_mode: z.enum(['concat', 'sum', 'mul', 'ave']).default('concat'),
});
type BidirectionalConfig = z.infer<typeof schema>;

const WRAPPED: Readonly<Record<string, LayerDefinition>> = {
  SimpleRNN: simpleRnn,
  LSTM: lstm,
  GRU: gru,
  BookLSTM: bookLstm,
};

/** The wrapped layer's definition and its configuration. */
function inner({ layer }: BidirectionalConfig): {
  definition: LayerDefinition;
  config: Record<string, unknown>;
} {
  return { definition: WRAPPED[layer.type]!, config: layer.config };
}

/** The wrapped layer's call; in the code of a model that is wrong it may be of no type there is. */
const innerCall = ({ layer }: BidirectionalConfig, language: 'python' | 'r'): string =>
  WRAPPED[layer.type]?.[language](layer.config) ?? '...';

const merging = (
  { merge_mode }: BidirectionalConfig,
  equals: string,
  literal: (value: unknown) => string,
): string => ((merge_mode ?? 'concat') === 'concat' ? '' : `, merge_mode${equals}${literal(merge_mode)}`);

const DIRECTIONS = ['forward', 'backward'] as const;

const MERGED = {
  concat: { tex: 'y = [\\overrightarrow{h}, \\overleftarrow{h}]', plain: 'y = [forward h, backward h]' },
  sum: { tex: 'y = \\overrightarrow{h} + \\overleftarrow{h}', plain: 'y = forward h + backward h' },
  mul: { tex: 'y = \\overrightarrow{h} \\odot \\overleftarrow{h}', plain: 'y = forward h * backward h' },
  ave: {
    tex: 'y = (\\overrightarrow{h} + \\overleftarrow{h}) / 2',
    plain: 'y = (forward h + backward h) / 2',
  },
} as const;

export const bidirectional: LayerDefinition<BidirectionalConfig> = {
  type: 'Bidirectional',
  baseName: 'bidirectional',
  title: 'Bidirectional',
  family: 'recurrent',
  summary: 'Reads the sequence once in each direction with a recurrent layer and joins both outputs.',
  schema,
  start: { layer: { type: 'LSTM', config: { units: 32 } } },
  parameters: {
    layer: {
      label: 'Layer',
      help: 'The recurrent layer that reads in both directions.',
      prominent: true,
      control: 'layer',
      choices: Object.keys(WRAPPED),
    },
    merge_mode: {
      label: 'Join by',
      help: 'How the outputs of both directions become one.',
      prominent: true,
      control: 'choice',
    },
  },
  inputs: { min: 1, max: 1 },
  shape(config, inputs) {
    const { definition, config: own } = inner(config);
    if (own.go_backwards === true) {
      const message = 'Bidirectional reads in both directions itself; its layer cannot go backwards.';
      const fix = 'Turn off go_backwards of its layer.';
      return { ok: false, problem: { message, fix, needs: 'forwards' } };
    }
    const result = definition.shape(own, inputs);
    if (!result.ok || config.merge_mode !== 'concat') return result;
    return fits([...result.shape.slice(0, -1), 2 * result.shape.at(-1)!]);
  },
  weights(config, inputs) {
    const { definition, config: own } = inner(config);
    return DIRECTIONS.flatMap((direction) =>
      definition.weights(own, inputs).map((weight): WeightSpec => ({
        ...weight,
        name: `${direction}_${definition.baseName}/${weight.name}`,
      })),
    );
  },
  mask(config) {
    const { definition, config: own } = inner(config);
    return definition.mask(own);
  },
  multiplyAdds(config, inputs) {
    const { definition, config: own } = inner(config);
    return 2 * definition.multiplyAdds(own, inputs);
  },
  kept(config, inputs) {
    const { definition, config: own } = inner(config);
    return 2 * (definition.kept?.(own, inputs) ?? 0);
  },
  equations(config, inputs) {
    const { definition, config: own } = inner(config);
    const joined = { ...MERGED[config.merge_mode], where: 'output; each direction has weights of its own' };
    return [...definition.equations(own, inputs), joined];
  },
  symbols(config, inputs) {
    const { definition, config: own } = inner(config);
    const size = (own.units as number) * (config.merge_mode === 'concat' ? 2 : 1);
    const output = { tex: 'y', plain: 'y', meaning: 'output of both directions', shape: [size] };
    return [...(definition.symbols?.(own, inputs) ?? []), output];
  },
  drawing(config) {
    const { definition, config: own } = inner(config);
    return definition.drawing!(own);
  },
  walks(config) {
    const { definition, config: own } = inner(config);
    const [forward] = definition.walks!(own);
    return [forward!, { ...forward!, backwards: !forward!.backwards }];
  },
  python: (config) =>
    `layers.Bidirectional(${innerCall(config, 'python')}${merging(config, '=', pythonLiteral)})`,
  r: (config) => `layer_bidirectional(layer = ${innerCall(config, 'r')}${merging(config, ' = ', rLiteral)})`,
};
