import { z } from 'zod';
import type { Equation, LayerDefinition, ShapeProblem, ShapeResult, WeightSpec } from './layer.ts';
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
  /** Null: the same layer. Whatever it says, it goes the other way. */
  backward_layer: z.preprocess(fromKeras, layerSchema).nullable().default(null),
  merge_mode: z.enum(['concat', 'sum', 'mul', 'ave']).default('concat'),
});
type BidirectionalConfig = z.infer<typeof schema>;

const WRAPPED: Readonly<Record<string, LayerDefinition>> = {
  SimpleRNN: simpleRnn,
  LSTM: lstm,
  GRU: gru,
  BookLSTM: bookLstm,
};

type Inner = BidirectionalConfig['layer'];

interface Direction {
  name: 'forward' | 'backward';
  /** Of its own, not of the other direction. */
  type: Inner['type'];
  definition: LayerDefinition;
  config: Record<string, unknown>;
}

/** The layer of each direction, the second going the other way. */
export function directionsOf({
  layer,
  backward_layer,
}: Pick<BidirectionalConfig, 'layer' | 'backward_layer'>): [Direction, Direction] {
  const direction = (name: Direction['name'], { type, config }: Inner): Direction => ({
    name,
    type,
    definition: WRAPPED[type]!,
    config,
  });
  const backward = direction('backward', backward_layer ?? layer);
  const go_backwards = !layer.config.go_backwards;
  return [direction('forward', layer), { ...backward, config: { ...backward.config, go_backwards } }];
}

/** A wrapped layer's call; in the code of a model that is wrong it may be of no type there is. */
const innerCall = ({ type, config }: Inner, language: 'python' | 'r'): string =>
  WRAPPED[type]?.[language](config) ?? '...';

/** The second layer as an argument, where there is one. */
function backwardCall(
  { layer, backward_layer: backward }: BidirectionalConfig,
  language: 'python' | 'r',
): string {
  if (!backward) return '';
  const first = layer.config as Partial<Inner['config']> | undefined;
  const config = { ...backward.config, go_backwards: !first?.go_backwards };
  const equals = language === 'python' ? '=' : ' = ';
  return `, backward_layer${equals}${innerCall({ ...backward, config } as Inner, language)}`;
}

/** What keeps two layers from being one's directions, as in Keras. */
function directionProblem(config: BidirectionalConfig): ShapeProblem | null {
  const { layer, backward_layer: backward } = config;
  if (!backward && layer.config.go_backwards) {
    const message = 'Bidirectional reads in both directions itself; its layer cannot go backwards.';
    return { message, fix: 'Turn off go_backwards of its layer.', needs: 'forwards' };
  }
  if (!backward) return null;
  const message = (what: string) => `The two layers of Bidirectional differ in their ${what}.`;
  if (backward.config.units !== layer.config.units)
    return { message: message('units'), fix: 'Give both the same units.' };
  if (backward.config.return_sequences !== layer.config.return_sequences)
    return { message: message('return_sequences'), fix: 'Turn it on or off in both.' };
  return null;
}

const merging = (
  { merge_mode }: BidirectionalConfig,
  equals: string,
  literal: (value: unknown) => string,
): string => ((merge_mode ?? 'concat') === 'concat' ? '' : `, merge_mode${equals}${literal(merge_mode)}`);

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

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
    backward_layer: {
      label: 'Backward layer',
      help: 'The layer that reads the other way, where it is not the same. It goes backwards by itself.',
      advanced: true,
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
    const problem = directionProblem(config);
    if (problem) return { ok: false, problem };
    const [forward, backward] = directionsOf(config).map(({ definition, config: own }) =>
      definition.shape(own, inputs),
    ) as [ShapeResult, ShapeResult];
    if (!backward.ok) return backward;
    if (!forward.ok || config.merge_mode !== 'concat') return forward;
    return fits([...forward.shape.slice(0, -1), 2 * forward.shape.at(-1)!]);
  },
  weights: (config, inputs) =>
    directionsOf(config).flatMap(({ name, definition, config: own }) =>
      definition.weights(own, inputs).map((weight): WeightSpec => ({
        ...weight,
        name: `${name}_${definition.baseName}/${weight.name}`,
      })),
    ),
  mask(config) {
    const [{ definition, config: own }] = directionsOf(config);
    return definition.mask(own);
  },
  multiplyAdds: (config, inputs) =>
    sum(directionsOf(config).map(({ definition, config: own }) => definition.multiplyAdds(own, inputs))),
  kept: (config, inputs) =>
    sum(directionsOf(config).map(({ definition, config: own }) => definition.kept?.(own, inputs) ?? 0)),
  passing: (config, inputs) =>
    sum(directionsOf(config).map(({ definition, config: own }) => definition.passing?.(own, inputs) ?? 0)),
  equations(config, inputs) {
    const joined = { ...MERGED[config.merge_mode], where: 'output; each direction has weights of its own' };
    const [forward, backward] = directionsOf(config).map(({ definition, config: own }) =>
      definition.equations(own, inputs),
    ) as [Equation[], Equation[]];
    if (!config.backward_layer) return [...forward, joined];
    const named = (name: string, equations: readonly Equation[]): Equation[] =>
      equations.map(({ where, ...equation }) => ({ ...equation, where: `${name}: ${where ?? 'output'}` }));
    // The drawing is of the first.
    const second = named('backward', backward).map(({ part: _, ...equation }) => equation);
    return [...named('forward', forward), ...second, joined];
  },
  symbols(config, inputs) {
    const [{ definition, config: own }] = directionsOf(config);
    const size = (own.units as number) * (config.merge_mode === 'concat' ? 2 : 1);
    const output = { tex: 'y', plain: 'y', meaning: 'output of both directions', shape: [size] };
    return [...(definition.symbols?.(own, inputs) ?? []), output];
  },
  drawing(config) {
    const [{ definition, config: own }] = directionsOf(config);
    return definition.drawing!(own);
  },
  walks: (config) => directionsOf(config).flatMap(({ definition, config: own }) => definition.walks!(own)),
  python: (config) =>
    `layers.Bidirectional(${innerCall(config.layer, 'python')}${backwardCall(config, 'python')}${merging(config, '=', pythonLiteral)})`,
  r: (config) =>
    `layer_bidirectional(layer = ${innerCall(config.layer, 'r')}${backwardCall(config, 'r')}${merging(config, ' = ', rLiteral)})`,
};
