/**
 * Recurrent layers in ONNX: the operators RNN, LSTM and GRU where they compute what Keras computes, else a Scan with the cell's
 * operators in it. Letters: B batch, T time, D input, U units, G gates.
 */
import type { GraphBuilder } from './builder.ts';
import { recurrentActivations } from './activations.ts';
import { gatedBias, gatedKernel } from './gates.ts';
import type { Outputs, Recurrent } from './layer.ts';
import { scanCell } from './scan.ts';
import { reverseTime, timeMajor } from './time.ts';

/** @param x (B, T, D). @param mask (B, T) of truth values, or null */
export function emitRecurrent(
  graph: GraphBuilder,
  layer: Recurrent,
  x: string,
  mask: string | null,
): Outputs {
  const attributes = operatorAttributes(layer);
  const [input, real] = layer.backwards
    ? [reverseTime(graph, x), mask && reverseTime(graph, mask)]
    : [x, mask];
  if (!attributes) return scanCell(graph, layer, input, real);
  if (!real) return operator(graph, layer, attributes, input);
  return masked(graph, real, input, (compressed) => operator(graph, layer, attributes, compressed));
}

const OPERATORS: Readonly<Record<string, string>> = { SimpleRNN: 'RNN', LSTM: 'LSTM', GRU: 'GRU' };

/** Null where ONNX's operator cannot compute the layer. */
function operatorAttributes({ type, units, config }: Recurrent): Parameters<GraphBuilder['add']>[2] | null {
  if (!(type in OPERATORS)) return null;
  const act = String(config.activation);
  const gate = String(config.recurrent_activation);
  const names = { SimpleRNN: [act], LSTM: [gate, act, act], GRU: [gate, act] }[type]!;
  const activations = recurrentActivations(names);
  if (!activations) return null;
  const reset = type === 'GRU' ? { linear_before_reset: config.reset_after === true ? 1 : 0 } : {};
  return { hidden_size: units, ...activations, ...reset };
}

function operator(
  graph: GraphBuilder,
  { layer, type, units, inputSize, weights }: Recurrent,
  attributes: Parameters<GraphBuilder['add']>[2],
  x: string,
): Outputs {
  const kernel = gatedKernel(type, weights.get('kernel')!, inputSize, units);
  const recurrent = gatedKernel(type, weights.get('recurrent_kernel')!, units, units);
  const bias = gatedBias(type, weights.get('bias') ?? null, units);
  const inputs = [
    timeMajor(graph, x),
    graph.weight(`${layer}/W`, [1, kernel.length / inputSize, inputSize], kernel),
    graph.weight(`${layer}/R`, [1, recurrent.length / units, units], recurrent),
    graph.weight(`${layer}/B`, [1, bias.length], bias),
  ];
  // (T, 1, B, U) and (1, B, U): one direction.
  const [all, last] = graph.many(OPERATORS[type]!, inputs, 2, attributes);
  const sequence = timeMajor(graph, graph.add('Squeeze', [all!, graph.ints(1)]));
  return { sequence, last: graph.add('Squeeze', [last!, graph.ints(0)]) };
}

/**
 * Runs a layer over the real steps alone. They are moved to the front, where those behind them cannot reach them; the output
 * of a masked step is then that after as many real steps, and zero before the first, as Keras repeats a state.
 */
function masked(graph: GraphBuilder, mask: string, x: string, run: (compressed: string) => Outputs): Outputs {
  const real = graph.add('Cast', [mask], { to: 7 });
  const sizes = graph.add('Shape', [mask]);
  const steps = graph.add('Gather', [sizes, graph.ints(1)]);
  const ones = graph.add('Expand', [graph.ints(1), sizes]);
  const axis = graph.ints(1);
  const place = graph.add('CumSum', [ones, axis]);
  // Real steps before masked ones, each in their order: the largest is the first real step.
  const key = graph.add('Sub', [graph.add('Mul', [real, graph.ints(1 << 30)]), place]);
  const [, order] = graph.many('TopK', [key, steps], 2, { axis: 1, largest: 1, sorted: 1 });
  const compressed = graph.add('GatherND', [x, graph.add('Unsqueeze', [order!, graph.ints(2)])], {
    batch_dims: 1,
  });
  const { sequence } = run(compressed);
  const withZero = graph.add('Pad', [sequence, graph.ints(0, 1, 0, 0, 0, 0)]);
  const done = graph.add('CumSum', [real, axis]);
  const count = graph.add('ReduceSum', [real, axis], { keepdims: 1 });
  return {
    sequence: graph.add('GatherND', [withZero, graph.add('Unsqueeze', [done, graph.ints(2)])], {
      batch_dims: 1,
    }),
    last: graph.add('GatherND', [withZero, count], { batch_dims: 1 }),
  };
}
