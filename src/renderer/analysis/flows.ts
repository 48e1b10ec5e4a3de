/** What is drawn of gradient and memory through time. */
import { normsBySteps } from '../../shared/comparison/reach.ts';
import type { Flow, LayerFlow } from '../../shared/contract/analysis.ts';
import type { Series } from '../charts/series.ts';
import type { Look } from './outcomes.ts';

/** A line a recurrent layer; layers above the first are dashed where a run has several. */
export function normSeries(flow: Flow, { id, name, colour, mark = 0 }: Look): Series[] {
  return flow.layers.map((layer, i) => {
    const { steps, middle, low, high } = normsBySteps(flow, layer);
    const label = flow.layers.length > 1 ? `${name} ${layer.name}` : `${name} (${layer.cell})`;
    return {
      id: `${id} ${layer.name}`,
      label,
      endLabel: label,
      colour,
      mark,
      dashed: i > 0,
      x: steps,
      y: middle,
      ...(flow.examples.length > 1 ? { band: { low, high } } : {}),
    };
  });
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
