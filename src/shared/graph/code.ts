/** Python (Keras 3) and R (keras3) code that builds and compiles a model: what a student takes home. */
import { layerDefinition } from '../layers/index.ts';
import type { OptimizerConfig, TrainingConfig } from '../training.ts';
import { optimizerSchema } from '../training.ts';
import { analyse } from './analyse.ts';
import { BOOK_LSTM_PYTHON, BOOK_LSTM_R } from './book-lstm-code.ts';
import type { LayerNode, ModelGraph } from './graph.ts';
import { isChain } from './summary.ts';

type Compile = Pick<TrainingConfig, 'optimizer' | 'loss' | 'metrics'>;

/** The nodes behind those they read, with all parameters. */
function ordered(graph: ModelGraph): { node: LayerNode; config: Record<string, unknown> }[] {
  const { order, nodes } = analyse(graph);
  return order.flatMap((id) => {
    const node = graph.nodes.find((one) => one.id === id)!;
    const analysis = nodes.get(id);
    return analysis ? [{ node, config: analysis.config }] : [];
  });
}

const usesBook = (graph: ModelGraph) => graph.nodes.some(({ type }) => type === 'BookLSTM');

/** The optimizer's parameters that differ from Keras's defaults; the learning rate always. */
function optimizerSettings(optimizer: OptimizerConfig): [string, unknown][] {
  const defaults = optimizerSchema.parse({ name: optimizer.name }) as Record<string, unknown>;
  return Object.entries(optimizer).filter(
    ([key, value]) => key !== 'name' && (key === 'learning_rate' || value !== defaults[key]),
  );
}

const OPTIMIZERS = { rmsprop: ['RMSprop', 'rmsprop'], adam: ['Adam', 'adam'], sgd: ['SGD', 'sgd'] } as const;

export function pythonCode(graph: ModelGraph, compile?: Compile): string {
  const steps = ordered(graph);
  const call = ({ node, config }: (typeof steps)[number]) => layerDefinition(node.type).python(config);
  const body = isChain(graph)
    ? ['model = keras.Sequential([', ...steps.map((step) => `    ${call(step)},`), '])']
    : [
        ...steps.map((step) => functionalPython(step.node, call(step))),
        functionalModel(
          graph,
          steps.map(({ node }) => node),
        ),
      ];
  const head = [
    'import keras',
    'from keras import layers',
    ...(usesBook(graph) ? ['', BOOK_LSTM_PYTHON] : []),
    '',
  ];
  return [...head, ...body, ...(compile ? ['', compilePython(compile)] : []), 'model.summary()', ''].join(
    '\n',
  );
}

const variable = (id: string): string => id.replace(/[^A-Za-z0-9_]/g, '_');

function functionalPython(node: LayerNode, call: string): string {
  const inputs = node.inputs.map(variable);
  if (inputs.length === 0) return `${variable(node.id)} = ${call}`;
  return `${variable(node.id)} = ${call}(${inputs.length === 1 ? inputs[0] : `[${inputs.join(', ')}]`})`;
}

function functionalModel(graph: ModelGraph, nodes: LayerNode[]): string {
  const inputs = nodes.filter(({ type }) => type === 'Input').map(({ id }) => variable(id));
  const output = analyse(graph).output ?? nodes.at(-1)?.id ?? '';
  return `model = keras.Model(${inputs.length === 1 ? inputs[0] : `[${inputs.join(', ')}]`}, ${variable(output)})`;
}

function compilePython({ optimizer, loss, metrics }: Compile): string {
  const settings = optimizerSettings(optimizer).map(
    ([key, value]) => `${key}=${value === true ? 'True' : value === false ? 'False' : value}`,
  );
  const names = metrics.map((metric) => `"${metric}"`).join(', ');
  return [
    'model.compile(',
    `    optimizer=keras.optimizers.${OPTIMIZERS[optimizer.name][0]}(${settings.join(', ')}),`,
    `    loss="${loss}",`,
    `    metrics=[${names}],`,
    ')',
  ].join('\n');
}

export function rCode(graph: ModelGraph, compile?: Compile): string {
  const steps = ordered(graph);
  const call = ({ node, config }: (typeof steps)[number]) => layerDefinition(node.type).r(config);
  const body = isChain(graph) ? chainR(steps, call) : functionalR(graph, steps, call);
  const head = ['library(keras3)', ...(usesBook(graph) ? ['', BOOK_LSTM_R] : []), ''];
  return [...head, ...body, ...(compile ? ['', compileR(compile)] : []), 'summary(model)', ''].join('\n');
}

type Steps = ReturnType<typeof ordered>;
type Call = (step: Steps[number]) => string;

function chainR(steps: Steps, call: Call): string[] {
  const [first, ...rest] = steps;
  const sizes = ((first?.config.shape ?? []) as (number | null)[]).map((size) =>
    size === null ? 'NA' : `${size}L`,
  );
  const type = first?.config.dtype === 'int32' ? ', input_dtype = "int32"' : '';
  const lines = [
    `model <- keras_model_sequential(input_shape = c(${sizes.join(', ')})${type})`,
    ...rest.map((step) => `  ${call(step)}`),
  ];
  return lines.map((line, i) => (i < lines.length - 1 ? `${line} |>` : line));
}

function functionalR(graph: ModelGraph, steps: Steps, call: Call): string[] {
  const lines = steps.map((step) => {
    const inputs = step.node.inputs.map(variable);
    const made = call(step);
    if (inputs.length === 0) return `${variable(step.node.id)} <- ${made}`;
    const given = inputs.length === 1 ? inputs[0] : `list(${inputs.join(', ')})`;
    return `${variable(step.node.id)} <- ${given} |> ${made}`;
  });
  const inputs = steps.filter(({ node }) => node.type === 'Input').map(({ node }) => variable(node.id));
  const output = variable(analyse(graph).output ?? steps.at(-1)?.node.id ?? '');
  return [
    ...lines,
    `model <- keras_model(inputs = ${inputs.length === 1 ? inputs[0] : `list(${inputs.join(', ')})`}, outputs = ${output})`,
  ];
}

function compileR({ optimizer, loss, metrics }: Compile): string {
  const settings = optimizerSettings(optimizer).map(
    ([key, value]) => `${key} = ${value === true ? 'TRUE' : value === false ? 'FALSE' : value}`,
  );
  const names = metrics.map((metric) => `"${metric}"`).join(', ');
  return [
    'model |> compile(',
    `  optimizer = optimizer_${OPTIMIZERS[optimizer.name][1]}(${settings.join(', ')}),`,
    `  loss = "${loss}",`,
    `  metrics = c(${names})`,
    ')',
  ].join('\n');
}
