/** Python (Keras 3) and R (keras3) code that builds and compiles a model: what a student takes home. */
import { pythonLiteral, rLiteral, writable } from '../layers/calls.ts';
import { layerDefinition } from '../layers/index.ts';
import type { OptimizerConfig, TrainingConfig } from '../training.ts';
import { optimizerSchema, TASK_LOSS } from '../training.ts';
import { analyse } from './analyse.ts';
import { BOOK_LSTM_PYTHON, BOOK_LSTM_R } from './book-lstm-code.ts';
import { freeVariables, layerNames } from './code-names.ts';
import type { LayerNode, ModelGraph } from './graph.ts';
import { isChain } from './summary.ts';

type Compile = Pick<TrainingConfig, 'optimizer' | 'loss' | 'metrics'>;

/** How a model is compiled when nothing else is said: RMSprop, with the loss its output is made for. */
export function compileFor(graph: ModelGraph): Compile {
  const { output, nodes } = analyse(graph);
  const { activation } = nodes.get(output ?? '')?.config ?? {};
  const task = activation === 'sigmoid' ? 'binary' : activation === 'softmax' ? 'multiclass' : 'regression';
  const { loss, metrics } = TASK_LOSS[task];
  return { optimizer: optimizerSchema.parse({ name: 'rmsprop' }), loss, metrics: [...metrics] };
}

/** A layer of the code: its node, all its parameters, the variable it is kept in and its name where Keras would give another. */
interface Step {
  node: LayerNode;
  config: Record<string, unknown>;
  variable: string;
  name: string | null;
}

/** The layers, each behind those it reads. */
function stepsOf(graph: ModelGraph): Step[] {
  const { order, nodes } = analyse(graph);
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const names = layerNames(order.flatMap((id) => (nodes.has(id) ? [{ id, analysis: nodes.get(id)! }] : [])));
  const variable = freeVariables();
  return order.flatMap((id) => {
    const analysis = nodes.get(id);
    if (!analysis) return [];
    const node = byId.get(id)!;
    const config = writable(analysis.definition, node.config);
    return [{ node, config, variable: variable(id), name: names.get(id) ?? null }];
  });
}

/** The constructor call with the layer's name in it. */
function withName(call: string, name: string | null, equals: string): string {
  if (name === null) return call;
  return `${call.slice(0, -1)}${call.endsWith('()') ? '' : ', '}name${equals}${name})`;
}

const pythonLayer = ({ node, config, name }: Step): string =>
  withName(layerDefinition(node.type).python(config), name && pythonLiteral(name), '=');
const rLayer = ({ node, config, name }: Step): string =>
  withName(layerDefinition(node.type).r(config), name && rLiteral(name), ' = ');

/** Variables as one argument: alone, or in the language's list. */
const together = (variables: readonly string[], open: string, close: string): string =>
  variables.length === 1 ? variables[0]! : `${open}${variables.join(', ')}${close}`;

function variablesOf(
  graph: ModelGraph,
  steps: readonly Step[],
): { inputs: string[]; output: string; of: (id: string) => string } {
  const byId = new Map(steps.map(({ node, variable }) => [node.id, variable]));
  const inputs = steps.flatMap(({ node, variable }) => (node.type === 'Input' ? [variable] : []));
  const output = byId.get(analyse(graph).output ?? '') ?? steps.at(-1)?.variable ?? '';
  // What a wrong model reads may be no layer of it.
  return { inputs, output, of: (id) => byId.get(id) ?? '...' };
}

interface Wrapped {
  type?: unknown;
  class_name?: unknown;
}

/** Alone, or wrapped in a Bidirectional. */
const usesBook = (graph: ModelGraph) =>
  graph.nodes.some(({ type, config }) => {
    const { layer, backward_layer } = config as Record<string, Wrapped | null | undefined>;
    const wrapped = [layer, backward_layer].flatMap((one) => [one?.type, one?.class_name]);
    return [type, ...wrapped].includes('BookLSTM');
  });

/** The optimizer's parameters that differ from Keras's defaults; the learning rate always. */
function optimizerSettings(optimizer: OptimizerConfig): [string, unknown][] {
  const defaults = optimizerSchema.parse({ name: optimizer.name }) as Record<string, unknown>;
  return Object.entries(optimizer).filter(
    ([key, value]) => key !== 'name' && (key === 'learning_rate' || value !== defaults[key]),
  );
}

const OPTIMIZERS = { rmsprop: ['RMSprop', 'rmsprop'], adam: ['Adam', 'adam'], sgd: ['SGD', 'sgd'] } as const;

/** Without `compile` the model is only built. A chain is written as Sequential. */
export function pythonCode(graph: ModelGraph, compile?: Compile): string {
  const steps = stepsOf(graph);
  const chain = ['model = keras.Sequential([', ...steps.map((step) => `    ${pythonLayer(step)},`), '])'];
  const body = isChain(graph) ? chain : functionalPython(graph, steps);
  const head = [
    'import keras',
    'from keras import layers',
    ...(usesBook(graph) ? ['', BOOK_LSTM_PYTHON, ''] : []),
    '',
  ];
  const compiled = compile ? ['', compilePython(compile)] : [];
  return [...head, ...body, ...compiled, 'model.summary()', ''].join('\n');
}

function functionalPython(graph: ModelGraph, steps: readonly Step[]): string[] {
  const { inputs, output, of } = variablesOf(graph, steps);
  const lines = steps.map((step) => {
    const read = step.node.inputs.map(of);
    const called = read.length === 0 ? '' : `(${together(read, '[', ']')})`;
    return `${step.variable} = ${pythonLayer(step)}${called}`;
  });
  return [...lines, `model = keras.Model(${together(inputs, '[', ']')}, ${output})`];
}

/** A setting of an optimizer; Keras takes a whole number for none of them. */
const pythonFloat = (value: unknown): string =>
  Number.isInteger(value) ? `${pythonLiteral(value)}.0` : pythonLiteral(value);

function compilePython({ optimizer, loss, metrics }: Compile): string {
  const settings = optimizerSettings(optimizer).map(([key, value]) => `${key}=${pythonFloat(value)}`);
  const names = metrics.map((metric) => `"${metric}"`).join(', ');
  return [
    'model.compile(',
    `    optimizer=keras.optimizers.${OPTIMIZERS[optimizer.name][0]}(${settings.join(', ')}),`,
    `    loss="${loss}",`,
    `    metrics=[${names}],`,
    ')',
  ].join('\n');
}

/** Without `compile` the model is only built. A chain is written as one pipe. */
export function rCode(graph: ModelGraph, compile?: Compile): string {
  const steps = stepsOf(graph);
  const body = isChain(graph) ? chainR(steps) : functionalR(graph, steps);
  const head = ['library(keras3)', ...(usesBook(graph) ? ['', BOOK_LSTM_R] : []), ''];
  return [...head, ...body, ...(compile ? ['', compileR(compile)] : []), 'summary(model)', ''].join('\n');
}

function chainR(steps: readonly Step[]): string[] {
  const input = steps[0]?.node.type === 'Input' ? steps[0].config : null;
  const type = input?.dtype === 'int32' ? ', input_dtype = "int32"' : '';
  const start = input === null ? '' : `input_shape = ${rLiteral(input.shape)}${type}`;
  const rest = input === null ? steps : steps.slice(1);
  return [
    [`model <- keras_model_sequential(${start})`, ...rest.map((step) => `  ${rLayer(step)}`)].join(' |>\n'),
  ];
}

function functionalR(graph: ModelGraph, steps: readonly Step[]): string[] {
  const { inputs, output, of } = variablesOf(graph, steps);
  const lines = steps.map((step) => {
    const read = step.node.inputs.map(of);
    const piped = read.length === 0 ? '' : `${together(read, 'list(', ')')} |> `;
    return `${step.variable} <- ${piped}${rLayer(step)}`;
  });
  return [...lines, `model <- keras_model(inputs = ${together(inputs, 'list(', ')')}, outputs = ${output})`];
}

function compileR({ optimizer, loss, metrics }: Compile): string {
  const settings = optimizerSettings(optimizer).map(([key, value]) => `${key} = ${rLiteral(value)}`);
  const names = metrics.map((metric) => `"${metric}"`).join(', ');
  return [
    'model |> compile(',
    `  optimizer = optimizer_${OPTIMIZERS[optimizer.name][1]}(${settings.join(', ')}),`,
    `  loss = "${loss}",`,
    `  metrics = c(${names})`,
    ')',
  ].join('\n');
}
