/**
 * Before Keras 3, and in tfjs, hard_sigmoid was 0.2 x + 0.5 between 0 and 1, and every LSTM and GRU had it in its gates by itself
 * up to Keras 2.2; since then it is x / 6 + 0.5. So the older one of x is the newer one of 1.2 x, and a layer in which it acts
 * on a sum of weighted inputs computes the same with those weights times 1.2, or the other way round with those divided by it.
 * In an LSTM's `activation` it acts on the carry too, and in the layer Activation there are no weights: there one cannot stand
 * for the other.
 */
import type { NamedArray } from '../shared/checkpoint.ts';
import type { GraphAnalysis } from '../shared/graph/analyse.ts';
import type { LayerNode, ModelGraph } from '../shared/graph/graph.ts';
import { directionsOf } from '../shared/layers/bidirectional.ts';

const STEEPER = 1.2;

/** The gates whose sums a layer's function acts on: blocks along the last axis of its weights. */
interface Sums {
  gates: readonly number[];
  of: number;
}

const WHOLE: Sums = { gates: [0], of: 1 };

const SUMS: Readonly<Record<string, Readonly<Record<string, Sums>>>> = {
  Dense: { activation: WHOLE },
  Conv1D: { activation: WHOLE },
  SimpleRNN: { activation: WHOLE },
  // In, forget, candidate, out.
  LSTM: { recurrent_activation: { gates: [0, 1, 3], of: 4 } },
  // Update, reset, candidate.
  GRU: { recurrent_activation: { gates: [0, 1], of: 3 }, activation: { gates: [2], of: 3 } },
};

/** Whether weights alone make up for the other slope. */
export const weightsMakeUp = (type: string, parameter: string): boolean =>
  SUMS[type]?.[parameter] !== undefined;

/** A layer, or one direction of a Bidirectional. */
type Layer = Pick<LayerNode, 'type' | 'config'>;

/** What a hard_sigmoid acts on in a model: some gates of the weights of a layer, or of a direction. */
type HardSigmoid = Sums & { prefix: string };

/** @param has whether a layer has one of the other slope; all have by themselves */
export function hardSigmoids(
  graph: ModelGraph,
  { nodes }: GraphAnalysis,
  has: (layer: Layer) => boolean = () => true,
): HardSigmoid[] {
  return graph.nodes.flatMap(({ id, type }) => {
    const { config } = nodes.get(id)!;
    const parts =
      type === 'Bidirectional'
        ? directionsOf(config as never).map((one) => ({
            ...one,
            prefix: `${id}/${one.name}_${one.definition.baseName}/`,
          }))
        : [{ type, config, prefix: `${id}/` }];
    return parts.filter(has).flatMap((part) =>
      Object.entries(SUMS[part.type] ?? {})
        .filter(([parameter]) => part.config[parameter] === 'hard_sigmoid')
        .map(([, sums]) => ({ ...sums, prefix: part.prefix })),
    );
  });
}

/** Weights with which the hard_sigmoid of Keras 3 computes what the older one did. */
export const atNewSlope = (all: readonly HardSigmoid[], weights: readonly NamedArray[]): NamedArray[] =>
  times(STEEPER, all, weights);

/** Weights with which the older one computes what that of Keras 3 does. */
export const atOlderSlope = (all: readonly HardSigmoid[], weights: readonly NamedArray[]): NamedArray[] =>
  times(1 / STEEPER, all, weights);

const times = (factor: number, all: readonly HardSigmoid[], weights: readonly NamedArray[]): NamedArray[] =>
  weights.map((array) =>
    all
      .filter(({ prefix }) => array.name.startsWith(prefix))
      .reduce((scaled, sums) => gatesTimes(factor, scaled, sums), array),
  );

function gatesTimes(factor: number, array: NamedArray, { gates, of }: Sums): NamedArray {
  const columns = array.shape.at(-1)!;
  const units = columns / of;
  const data = array.data.map((value, i) =>
    gates.includes(Math.floor((i % columns) / units)) ? factor * value : value,
  );
  return { ...array, data };
}
