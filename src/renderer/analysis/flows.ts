/** What is drawn of gradient and memory through time. */
import { gradientLines, stateEnding, type Drawn } from '../../shared/comparison/gradient-lines.ts';
import { endsBefore, stateNames, type Measure } from '../../shared/comparison/reach.ts';
import type { Flow, LayerFlow } from '../../shared/contract/analysis.ts';
import type { Series } from '../charts/series.ts';
import type { Look } from './outcomes.ts';

/** A line a recurrent layer and state. */
export function normSeries(
  flow: Flow,
  { id, name, colour, mark = 0 }: Look,
  drawn: Drawn,
  measure: Measure,
): Series[] {
  return gradientLines(flow, name, drawn, measure).map((line) => ({
    ...line,
    id: `${id} ${line.label}`,
    endLabel: line.label,
    colour,
    mark,
  }));
}

type Watched = Pick<LayerFlow, 'name' | 'cell' | 'norms' | 'cellNorms'>;

/** The same of a look at a run that trains. */
export function liveSeries(layers: readonly Watched[], colour: number): Series[] {
  return layers.flatMap((layer, i) =>
    stateNames(layer).map((state): Series => {
      const norms = [...(state === 'c' ? layer.cellNorms! : layer.norms)];
      // A last zero that only says that no output sees this cell state has no place on a log axis.
      const y = endsBefore(norms, state) ? norms.slice(0, -1) : norms;
      return {
        id: `${layer.name} ${state}`,
        label: `${layer.name} (${layer.cell})${stateEnding(layer, state)}`,
        endLabel: layer.name + stateEnding(layer, state),
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
  if (secondsPerEpoch === null) return 'The first look comes after the first epoch.';
  return 'No look has come since this page was loaded. One comes when all looks together take less than 2 % of the time, usually within some seconds.';
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
