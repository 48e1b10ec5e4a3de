/** Keras 3's activations in ONNX: as operators, and as what its recurrent operators take by name. */
import { UnrollError } from '../../../shared/errors.ts';
import type { GraphBuilder } from './builder.ts';
import { FLOAT } from './format.ts';

type Emit = (graph: GraphBuilder, x: string) => string;

const plain =
  (opType: string, attributes: Parameters<GraphBuilder['add']>[2] = {}): Emit =>
  (graph, x) =>
    graph.add(opType, [x], attributes);

const hardSigmoid = plain('HardSigmoid', { alpha: { float: 1 / 6 }, beta: { float: 0.5 } });

/** As Keras computes it (training/ops/activations.ts): the running sums of the values by size are added up. */
function sparsemax(graph: GraphBuilder, x: string): string {
  const last = graph.ints(-1);
  const width = graph.add('Gather', [graph.add('Shape', [x]), last]);
  const [sorted] = graph.many('TopK', [x, width], 2, { axis: -1 }) as [string];
  const sums = graph.add('CumSum', [sorted, last]);
  const ones = graph.add('Expand', [graph.scalar(1), width]);
  const place = graph.add('CumSum', [ones, graph.ints(0)]);
  const above = graph.add('Greater', [
    graph.add('Add', [graph.add('Mul', [sorted, place]), graph.scalar(1)]),
    sums,
  ]);
  const chosen = graph.add('Cast', [above], { to: FLOAT });
  const count = graph.add('ReduceSum', [chosen, last], { keepdims: 1 });
  const sum = graph.add('ReduceSum', [graph.add('Mul', [sums, chosen]), last], { keepdims: 1 });
  const threshold = graph.add('Div', [graph.add('Sub', [sum, graph.scalar(1)]), count]);
  return graph.add('Relu', [graph.add('Sub', [x, threshold])]);
}

const EMIT: Readonly<Record<string, Emit>> = {
  linear: (_, x) => x,
  tanh: plain('Tanh'),
  sigmoid: plain('Sigmoid'),
  softmax: plain('Softmax', { axis: -1 }),
  relu: plain('Relu'),
  relu6: (graph, x) => graph.add('Clip', [x, graph.scalar(0), graph.scalar(6)]),
  leaky_relu: plain('LeakyRelu', { alpha: { float: 0.2 } }),
  elu: plain('Elu'),
  celu: plain('Elu'),
  selu: plain('Selu'),
  softplus: plain('Softplus'),
  squareplus(graph, x) {
    const square = graph.add('Add', [graph.add('Mul', [x, x]), graph.scalar(4)]);
    return graph.add('Mul', [graph.add('Add', [x, graph.add('Sqrt', [square])]), graph.scalar(0.5)]);
  },
  /** (x + 1)^2 / 4 from -1 to 1, zero before and x behind. */
  sparse_plus(graph, x) {
    const middle = graph.add('Clip', [
      graph.add('Add', [x, graph.scalar(1)]),
      graph.scalar(0),
      graph.scalar(2),
    ]);
    const curve = graph.add('Mul', [graph.add('Mul', [middle, middle]), graph.scalar(0.25)]);
    return graph.add('Add', [curve, graph.add('Relu', [graph.add('Sub', [x, graph.scalar(1)])])]);
  },
  softsign: plain('Softsign'),
  exponential: plain('Exp'),
  silu: (graph, x) => graph.add('Mul', [x, graph.add('Sigmoid', [x])]),
  mish: (graph, x) => graph.add('Mul', [x, graph.add('Tanh', [graph.add('Softplus', [x])])]),
  gelu(graph, x) {
    const erf = graph.add('Erf', [graph.add('Mul', [x, graph.scalar(Math.SQRT1_2)])]);
    const half = graph.add('Mul', [x, graph.scalar(0.5)]);
    return graph.add('Mul', [half, graph.add('Add', [erf, graph.scalar(1)])]);
  },
  hard_sigmoid: hardSigmoid,
  hard_silu: (graph, x) => graph.add('Mul', [x, hardSigmoid(graph, x)]),
  hard_tanh: (graph, x) => graph.add('Clip', [x, graph.scalar(-1), graph.scalar(1)]),
  hard_shrink: plain('Shrink', { lambd: { float: 0.5 }, bias: { float: 0 } }),
  soft_shrink: plain('Shrink', { lambd: { float: 0.5 }, bias: { float: 0.5 } }),
  tanh_shrink: (graph, x) => graph.add('Sub', [x, graph.add('Tanh', [x])]),
  log_sigmoid: (graph, x) => graph.add('Neg', [graph.add('Softplus', [graph.add('Neg', [x])])]),
  sparse_sigmoid: plain('HardSigmoid', { alpha: { float: 0.5 }, beta: { float: 0.5 } }),
  log_softmax: plain('LogSoftmax', { axis: -1 }),
  sparsemax,
};

/** @throws UnrollError `export-unsupported` */
export function activate(graph: GraphBuilder, name: string, x: string, layer: string): string {
  const emit = EMIT[name];
  if (emit) return emit(graph, x);
  throw new UnrollError('export-unsupported', {
    layer,
    format: 'onnx',
    reason: `there is no activation ${name}`,
  });
}

interface Named {
  name: string;
  alpha: number;
  beta: number;
}

const named = (name: string, alpha = 0, beta = 0): Named => ({ name, alpha, beta });

/** What a recurrent operator can compute by itself; the others need a loop of operators. */
const RECURRENT: Readonly<Record<string, Named>> = {
  linear: named('Affine', 1),
  tanh: named('Tanh'),
  sigmoid: named('Sigmoid'),
  relu: named('Relu'),
  leaky_relu: named('LeakyRelu', 0.2),
  elu: named('Elu', 1),
  celu: named('Elu', 1),
  softplus: named('Softplus'),
  softsign: named('Softsign'),
  hard_sigmoid: named('HardSigmoid', 1 / 6, 0.5),
  sparse_sigmoid: named('HardSigmoid', 0.5, 0.5),
};

/** The attributes of a recurrent operator for its activations in order; null where it does not know one. */
export function recurrentActivations(names: readonly string[]): Parameters<GraphBuilder['add']>[2] | null {
  const known = names.map((name) => RECURRENT[name]);
  if (known.some((one) => one === undefined)) return null;
  return {
    activations: known.map((one) => one!.name),
    activation_alpha: { floats: known.map((one) => one!.alpha) },
    activation_beta: { floats: known.map((one) => one!.beta) },
  };
}
