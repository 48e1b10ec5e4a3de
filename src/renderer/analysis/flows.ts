/** What is drawn of gradient and memory through time. */
import {
  endsBefore,
  normsBySteps,
  stateNames,
  type Measure,
  type StateName,
} from '../../shared/comparison/reach.ts';
import type { Flow, LayerFlow } from '../../shared/contract/analysis.ts';
import type { Series } from '../charts/series.ts';
import type { Look } from './outcomes.ts';

/** Which gradients are drawn. */
export type Drawn = StateName | 'both';

type Named = Pick<LayerFlow, 'name' | 'cell' | 'cellNorms'>;

/** The gradients drawn of a layer; one without a cell state has that by its hidden state always. */
const statesDrawn = (layer: Named, drawn: Drawn): StateName[] =>
  stateNames(layer).filter((state, _, all) => drawn === 'both' || drawn === state || all.length === 1);

/** What says which of a layer's gradients a line is. */
const ending = (layer: Named, state: StateName): string => (layer.cellNorms ? ` ${state}` : '');

/** A line a recurrent layer and state; layers above the first are dashed where a run has several, cell states dotted. */
export function normSeries(
  flow: Flow,
  { id, name, colour, mark = 0 }: Look,
  drawn: Drawn,
  measure: Measure,
): Series[] {
  return flow.layers.flatMap((layer, i) =>
    statesDrawn(layer, drawn).map((state): Series => {
      const { steps, middle, low, high } = normsBySteps(flow, layer, state, measure);
      const named = flow.layers.length > 1 ? `${name} ${layer.name}` : `${name} (${layer.cell})`;
      const label = named + ending(layer, state);
      return {
        id: `${id} ${layer.name} ${state}`,
        label,
        endLabel: label,
        colour,
        mark,
        dashed: i > 0,
        dotted: state === 'c',
        x: steps,
        y: middle,
        ...(flow.examples.length > 1 ? { band: { low, high } } : {}),
      };
    }),
  );
}

/** The same of a look at a run that trains. */
export function liveSeries(layers: readonly (Named & Pick<LayerFlow, 'norms'>)[], colour: number): Series[] {
  return layers.flatMap((layer, i) =>
    stateNames(layer).map((state): Series => {
      const norms = [...(state === 'c' ? layer.cellNorms! : layer.norms)];
      // A last zero that only says that no output sees this cell state has no place on a log axis.
      const y = endsBefore(norms, state) ? norms.slice(0, -1) : norms;
      return {
        id: `${layer.name} ${state}`,
        label: `${layer.name} (${layer.cell})${ending(layer, state)}`,
        endLabel: layer.name + ending(layer, state),
        colour,
        dashed: i > 0,
        dotted: state === 'c',
        x: [...y.keys()].map((step) => step - norms.length + 1),
        y,
      };
    }),
  );
}

/** Why nothing is drawn of a run that trains. @param secondsPerEpoch null before the first has ended */
export function noLookText(elsewhere: boolean, secondsPerEpoch: number | null): string {
  if (elsewhere)
    return 'Another process trains this run, and what it sees of the gradient stays there. Look into the checkpoint below.';
  if (secondsPerEpoch !== null && secondsPerEpoch < SHORTEST_EPOCH_SECONDS)
    return 'Epochs of less than a quarter of a second leave no room for a look. Look into the checkpoint below.';
  return 'The first look comes after the first epoch. None has come since this page was loaded.';
}

/** Behind shorter ones training does not look (`training/flow/watch.ts`). */
const SHORTEST_EPOCH_SECONDS = 0.25;

/** `dLoss/dh`, `dLoss/dh and dLoss/dc`: what is drawn of layers. */
export function gradientNames(layers: readonly Named[], drawn: Drawn): string {
  const states = new Set(layers.flatMap((layer) => statesDrawn(layer, drawn)));
  return [...states]
    .toSorted((a, b) => Number(a === 'c') - Number(b === 'c'))
    .map((state) => `dLoss/d${state}`)
    .join(' and ');
}

export interface Memory {
  /** What stands in the map: `states` or a gate's name. */
  name: string;
  /** steps x units, real steps only. */
  values: Float32Array;
  /** The value of the deepest colour; gates lie between 0 and 1, states on both sides of 0. */
  most: number;
  signed: boolean;
}

const BETWEEN_0_AND_1: ReadonlySet<string> = new Set(['input', 'forget', 'output', 'update', 'reset']);

/** What the first example left in a layer, step by step. */
export function memories(flow: Flow, layer: LayerFlow): Memory[] {
  const { from, to } = flow.examples[0]!;
  const cut = (values: Float32Array) => values.subarray(from * layer.units, to * layer.units);
  const states = { name: 'hidden state', values: cut(layer.states), signed: true };
  const gates = layer.gates.map(({ name, values }) => ({
    name: name === 'cell' ? 'cell state' : name === 'candidate' ? 'candidate' : `${name} gate`,
    values: cut(values),
    signed: !BETWEEN_0_AND_1.has(name),
  }));
  return [states, ...gates].map((memory) => ({
    ...memory,
    most: memory.signed ? memory.values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6) : 1,
  }));
}
