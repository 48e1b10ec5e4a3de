/**
 * Before Keras 3, and in tfjs, hard_sigmoid was 0.2 x + 0.5 between 0 and 1, and every LSTM and GRU had it in its gates by itself
 * up to Keras 2.2; since then it is x / 6 + 0.5. So the older one of x is the newer one of 1.2 x, and a layer in which it acts
 * on a sum of weighted inputs computes the same with those weights times 1.2. In an LSTM's `activation` it acts on the carry
 * too, and in the layer Activation there are no weights: there the older one is not to be had.
 */
import type { NamedArray } from '../../../shared/checkpoint.ts';
import type { GraphAnalysis } from '../../../shared/graph/analyse.ts';
import type { ModelGraph } from '../../../shared/graph/graph.ts';
import { directionsOf } from '../../../shared/layers/bidirectional.ts';

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
export const hasNewSlope = (type: string, parameter: string): boolean =>
  SUMS[type]?.[parameter] !== undefined;

interface Read {
  graph: ModelGraph;
  analysis: GraphAnalysis;
  /** Whether Keras 3 wrote the file. */
  keras3: boolean;
}

/** Weights with which the hard_sigmoid of Keras 3 computes what the file's own did. */
export function atNewSlope({ graph, analysis, keras3 }: Read, weights: NamedArray[]): NamedArray[] {
  if (keras3) return weights;
  const sums = graph.nodes.flatMap(({ id, type }) => {
    const { config } = analysis.nodes.get(id)!;
    const parts =
      type === 'Bidirectional'
        ? directionsOf(config as never).map((one) => ({
            ...one,
            of: `${id}/${one.name}_${one.definition.baseName}/`,
          }))
        : [{ type, config, of: `${id}/` }];
    return parts.flatMap((part) =>
      Object.entries(SUMS[part.type] ?? {})
        .filter(([parameter]) => part.config[parameter] === 'hard_sigmoid')
        .map(([, sum]) => ({ ...sum, prefix: part.of })),
    );
  });
  return weights.map((array) =>
    sums.filter(({ prefix }) => array.name.startsWith(prefix)).reduce(steeper, array),
  );
}

function steeper(array: NamedArray, { gates, of }: Sums): NamedArray {
  const columns = array.shape.at(-1)!;
  const units = columns / of;
  const data = array.data.map((value, i) =>
    gates.includes(Math.floor((i % columns) / units)) ? STEEPER * value : value,
  );
  return { ...array, data };
}
