/**
 * A recurrent cell as ONNX's Scan, whose body is one step written in operators: the Book LSTM, which no operator computes, and
 * other cells with activations that the operators do not know. The equations are those of Keras's cells.
 */
import { activate } from './activations.ts';
import { GraphBuilder } from './builder.ts';
import { BOOL, FLOAT, valueInfo } from './format.ts';
import type { Outputs, Recurrent } from './layer.ts';

interface Step {
  body: GraphBuilder;
  layer: Recurrent;
  /** x_t W + b, (B, G U). */
  projected: string;
  h: string;
  /** The carry of LSTM and Book LSTM. */
  c: string;
}

const split = ({ body }: Step, x: string, parts: number): string[] =>
  body.many('Split', [x], parts, { axis: 1 });

const gate = ({ body, layer }: Step, x: string): string =>
  activate(body, String(layer.config.recurrent_activation), x, layer.layer);
const act = ({ body, layer }: Step, x: string): string =>
  activate(body, String(layer.config.activation), x, layer.layer);

/** x_t W + b + h R. */
const sums = (step: Step): string =>
  step.body.add('Add', [step.projected, step.body.add('MatMul', [step.h, `${step.layer.layer}/R`])]);

const carry = (step: Step, [i, f, candidate]: readonly string[]): string => {
  const { body } = step;
  const kept = body.add('Mul', [gate(step, f!), step.c]);
  return body.add('Add', [kept, body.add('Mul', [gate(step, i!), act(step, candidate!)])]);
};

function lstm(step: Step): string[] {
  const gates = split(step, sums(step), 4);
  const next = carry(step, gates);
  return [step.body.add('Mul', [gate(step, gates[3]!), act(step, next)]), next];
}

function bookLstm(step: Step): string[] {
  const gates = split(step, sums(step), 4);
  const next = carry(step, gates);
  const seen = step.layer.config.output_sees === 'old' ? step.c : next;
  const fromCarry = step.body.add('MatMul', [seen, `${step.layer.layer}/V`]);
  return [act(step, step.body.add('Add', [gates[3]!, fromCarry])), next];
}

function gru(step: Step): string[] {
  const { body, layer, h } = step;
  const { units, config } = layer;
  const [xz, xr, xh] = split(step, step.projected, 3) as [string, string, string];
  const columns = (from: number, to: number): string =>
    body.add('Slice', [`${layer.layer}/R`, body.ints(from * units), body.ints(to * units), body.ints(1)]);
  let z: string;
  let candidate: string;
  if (config.reset_after === true) {
    const recurrent = body.add('Add', [body.add('MatMul', [h, `${layer.layer}/R`]), `${layer.layer}/d`]);
    const [hz, hr, hh] = split(step, recurrent, 3) as [string, string, string];
    z = gate(step, body.add('Add', [xz, hz]));
    const reset = gate(step, body.add('Add', [xr, hr]));
    candidate = act(step, body.add('Add', [xh, body.add('Mul', [reset, hh])]));
  } else {
    const [hz, hr] = split(step, body.add('MatMul', [h, columns(0, 2)]), 2) as [string, string];
    z = gate(step, body.add('Add', [xz, hz]));
    const reset = body.add('Mul', [gate(step, body.add('Add', [xr, hr])), h]);
    candidate = act(step, body.add('Add', [xh, body.add('MatMul', [reset, columns(2, 3)])]));
  }
  const kept = body.add('Mul', [z, h]);
  const fresh = body.add('Mul', [body.add('Sub', [body.scalar(1), z]), candidate]);
  return [body.add('Add', [kept, fresh])];
}

const STEPS: Readonly<Record<string, (step: Step) => string[]>> = {
  SimpleRNN: (step) => [act(step, sums(step))],
  LSTM: lstm,
  GRU: gru,
  BookLSTM: bookLstm,
};

/** The weights the step reads, and x W + b for all steps at once. */
function project(
  graph: GraphBuilder,
  { layer, type, units, inputSize, weights, config }: Recurrent,
  x: string,
): string {
  const width = weights.get('kernel')!.length / inputSize;
  graph.weight(`${layer}/R`, [units, width], weights.get('recurrent_kernel')!);
  const carryKernel = weights.get('carry_kernel');
  if (carryKernel) graph.weight(`${layer}/V`, [units, units], carryKernel);
  const product = graph.add('MatMul', [
    x,
    graph.weight(`${layer}/W`, [inputSize, width], weights.get('kernel')!),
  ]);
  const bias = weights.get('bias') ?? new Float32Array(2 * width);
  if (type === 'GRU' && config.reset_after === true)
    graph.weight(`${layer}/d`, [width], bias.subarray(width, 2 * width));
  return graph.add('Add', [product, graph.weight(`${layer}/b`, [width], bias.subarray(0, width))]);
}

/** One step. A masked one keeps the states as they are. */
function stepGraph(layer: Recurrent, states: readonly string[], masked: boolean) {
  const name = layer.layer;
  const body = new GraphBuilder(`${name}/`);
  const step: Step = { body, layer, projected: `${name}/x_t`, h: `${name}/h`, c: `${name}/c` };
  const width = layer.weights.get('kernel')!.length / layer.inputSize;
  const computed = STEPS[layer.type]!(step);
  const next = computed.map((value, i) =>
    masked ? body.add('Where', [`${name}/real_t`, value, states[i]!]) : value,
  );
  const outputs = [...next, next[0]!].map((value, i) => {
    body.nameOutput(value, `${name}/out_${i}`);
    return valueInfo(`${name}/out_${i}`, FLOAT, ['batch', layer.units]);
  });
  const inputs = [
    ...states.map((state) => valueInfo(state, FLOAT, ['batch', layer.units])),
    valueInfo(step.projected, FLOAT, ['batch', width]),
    ...(masked ? [valueInfo(`${name}/real_t`, BOOL, ['batch', 1])] : []),
  ];
  return {
    name: `${name}/step`,
    node: body.nodes,
    initializer: body.initializers,
    input: inputs,
    output: outputs,
  };
}

/** @param x (B, T, D) in the order in which it is read. @param mask (B, T) in the same order */
export function scanCell(graph: GraphBuilder, layer: Recurrent, x: string, mask: string | null): Outputs {
  const states = ['h', 'c'].slice(0, layer.type === 'SimpleRNN' || layer.type === 'GRU' ? 1 : 2);
  const names = states.map((state) => `${layer.layer}/${state}`);
  const projected = project(graph, layer, x);
  const batch = graph.add('Gather', [graph.add('Shape', [x]), graph.ints(0)]);
  const shape = graph.add('Concat', [batch, graph.ints(layer.units)], { axis: 0 });
  const zeros = graph.add('Expand', [graph.scalar(0), shape]);
  const real = mask ? [graph.add('Unsqueeze', [mask, graph.ints(2)])] : [];
  const inputs = [...names.map(() => zeros), projected, ...real];
  const outputs = graph.many('Scan', inputs, names.length + 1, {
    body: stepGraph(layer, names, mask !== null),
    num_scan_inputs: 1 + real.length,
    scan_input_axes: [1, ...real.map(() => 1)],
    scan_output_axes: [1],
  });
  return { sequence: outputs.at(-1)!, last: outputs[0]! };
}
