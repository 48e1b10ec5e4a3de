/** Whether a model fits a data set and its task, and how a template is made to fit. */
import type { Dataset } from '../data/dataset.ts';
import { idCount, sequenceLength } from '../data/preprocess.ts';
import { TASK_LOSS, type LossName, type Preprocessing } from '../training.ts';
import { analyse } from './analyse.ts';
import { insertAfter, newNode, removeNodes } from './edit.ts';
import type { LayerNode, ModelGraph } from './graph.ts';
import { nodesById } from './order.ts';
import type { Problem, Repair } from './problem.ts';
import { lastStepRepairs, outputRepairs, removing, setting } from './repairs.ts';

/** What the last layer must give for a task. */
function outputFor(dataset: Pick<Dataset, 'task' | 'classes'>): { units: number; activation: string } {
  if (dataset.task === 'binary') return { units: 1, activation: 'sigmoid' };
  return dataset.task === 'multiclass'
    ? { units: dataset.classes.length, activation: 'softmax' }
    : { units: 1, activation: 'linear' };
}

/** Ids that can occur lie below this. */
function idLimit({ conventions, vocabularySize }: Dataset, { num_words }: Preprocessing): number {
  const plain = { start_char: null, oov_char: 0, index_from: 0 };
  return idCount(num_words, conventions ?? plain, vocabularySize);
}

/** What keeps a model from being trained on a data set with a loss; empty when it can be. */
export function fitProblems(
  graph: ModelGraph,
  dataset: Dataset,
  preprocessing: Preprocessing,
  loss: LossName,
): Problem[] {
  const { nodes, output, problems } = analyse(graph);
  if (problems.length) return problems;
  const byId = nodesById(graph);
  const last = { node: byId.get(output!)!, ...nodes.get(output!)! };
  return [
    ...inputProblems(graph, dataset, preprocessing),
    ...embeddingProblems(graph, dataset, preprocessing),
    ...(last.shape!.length === 2
      ? outputProblems(last.node, last.shape!, activationOf(last.config), dataset, loss)
      : [
          {
            node: output,
            message: `The output has ${last.shape!.length - 1} sizes an example, but a label is one value.`,
            fix: 'Turn return_sequences off on the last recurrent layer, or pool over the steps.',
            repairs: lastStepRepairs(byId, last.node),
          },
        ]),
  ];
}

function inputProblems(graph: ModelGraph, dataset: Dataset, preprocessing: Preprocessing): Problem[] {
  const [first, second] = graph.nodes.filter(({ type }) => type === 'Input') as [LayerNode, ...LayerNode[]];
  if (second) {
    const message = 'The data set feeds one Input.';
    return [{ node: second.id, message, fix: 'Use one Input and branch behind it.', repairs: [] }];
  }
  const { id, config } = first;
  const shape = (config.shape as (number | null)[] | undefined) ?? [null];
  const steps = sequenceLength(preprocessing, dataset.longest);
  const values = dataset.kind === 'values';
  const wanted = values ? [steps, dataset.width] : [steps];
  const say = (message: string, fix: string, changes: LayerNode['config']): Problem[] => [
    { node: id, message, fix, repairs: [setting(id, changes)] },
  ];
  if (shape.length !== wanted.length) {
    const text = values ? `numbers: shape (steps, ${dataset.width})` : 'word ids: shape (steps)';
    const fix = `Give the Input ${wanted.length} size${values ? 's' : ''}.`;
    return say(`${dataset.name} holds ${text}.`, fix, { shape: wanted, dtype: values ? 'float32' : 'int32' });
  }
  if (shape[0] !== null && shape[0] !== steps) {
    const fix = `Set its shape to (${steps}), or maxlen to ${shape[0]}.`;
    const whence =
      preprocessing.maxlen === null
        ? `the longest sequence has ${steps}`
        : `sequences are cut and padded to ${steps} (maxlen)`;
    const message = `The Input takes ${shape[0]} steps, but for training ${whence}.`;
    return say(message, fix, { shape: [steps, ...shape.slice(1)] });
  }
  if (values && shape[1] !== dataset.width) {
    const fix = `Set its shape to (${shape[0] ?? 'None'}, ${dataset.width}).`;
    const message = `The Input takes ${shape[1]} features a step, but the data has ${dataset.width}.`;
    return say(message, fix, { shape: [shape[0] ?? null, dataset.width] });
  }
  return [];
}

function embeddingProblems(graph: ModelGraph, dataset: Dataset, preprocessing: Preprocessing): Problem[] {
  const fed = graph.nodes.filter(({ type }) => type === 'Embedding');
  const dense = dataset.kind === 'values' && fed[0];
  if (dense) {
    const message = `${dataset.name} holds numbers, not word ids.`;
    return [{ node: dense.id, message, fix: 'Remove the Embedding.', repairs: [removing(dense.id)] }];
  }
  const limit = idLimit(dataset, preprocessing);
  return fed.flatMap(({ id, config }) => {
    const size = Number(config.input_dim);
    if (size >= limit) return [];
    const message = `Embedding has ${size} rows, but ids go up to ${limit - 1}.`;
    const fix = `Set input_dim to ${limit}, or num_words to ${size}.`;
    return [{ node: id, message, fix, repairs: [setting(id, { input_dim: limit })] }];
  });
}

const activationOf = (config: Record<string, unknown>): string => String(config.activation ?? 'linear');

/** Whether one example's output is what the loss compares with a label of the data. */
function outputProblems(
  node: LayerNode,
  shape: readonly (number | null)[],
  activation: string,
  dataset: Dataset,
  loss: LossName,
): Problem[] {
  const classes = dataset.classes.length;
  const units = shape.at(-1);
  const say = (message: string, fix: string, repairs: readonly Repair[] = []): Problem[] => [
    { node: node.id, message, fix, repairs },
  ];
  if (loss === 'binary_crossentropy') {
    if (dataset.task !== 'binary')
      return say(
        `binary_crossentropy needs two classes, ${dataset.name} has ${dataset.task === 'regression' ? 'numbers' : classes}.`,
        `Choose ${TASK_LOSS[dataset.task].loss}.`,
      );
    if (units !== 1 || activation !== 'sigmoid')
      return say(
        `binary_crossentropy needs one output with sigmoid, this has ${units} with ${activation}.`,
        'Use Dense(1, activation "sigmoid").',
        outputRepairs(node, 1, 'sigmoid'),
      );
  } else if (loss === 'sparse_categorical_crossentropy' || loss === 'categorical_crossentropy') {
    if (dataset.task === 'regression')
      return say(`${loss} needs classes, ${dataset.name} has numbers as labels.`, 'Choose mse.');
    if (units !== classes || activation !== 'softmax')
      return say(
        `${loss} on ${classes} classes needs ${classes} outputs with softmax, this has ${units} with ${activation}.`,
        `Use Dense(${classes}, activation "softmax").`,
        outputRepairs(node, classes, 'softmax'),
      );
  } else if (units !== 1) {
    const fix = 'Use Dense(1).';
    return say(
      `${loss} compares one number an example, this gives ${units}.`,
      fix,
      outputRepairs(node, 1, 'linear'),
    );
  }
  return [];
}

/**
 * A model with its input, embedding and output made to fit a data set: as many steps and ids as there are, and an output of
 * the task's units and activation. Numbers are read without an Embedding, word ids never. Everything between stays.
 * @param keepRows whether an Embedding with more rows than there are ids stays, since its vectors may be trained already
 */
export function adaptToData(
  graph: ModelGraph,
  dataset: Dataset,
  preprocessing: Preprocessing,
  keepRows = false,
): ModelGraph {
  const limit = idLimit(dataset, preprocessing);
  const steps = sequenceLength(preprocessing, dataset.longest);
  const { output } = analyse(graph);
  const values = dataset.kind === 'values';
  const nodes = graph.nodes.map((node): LayerNode => {
    if (node.type === 'Input') {
      const config = values
        ? { shape: [steps, dataset.width], dtype: 'float32' }
        : { shape: [steps], dtype: 'int32' };
      return { ...node, config: { ...node.config, ...config } };
    }
    if (node.type === 'Embedding') {
      const rows = keepRows ? Math.max(limit, Number(node.config.input_dim) || 0) : limit;
      return { ...node, config: { ...node.config, input_dim: rows } };
    }
    if (node.id === output && node.type === 'Dense')
      return { ...node, config: { ...node.config, ...outputFor(dataset) } };
    return node;
  });
  const fitted = { ...graph, nodes };
  const embeddings = nodes.filter(({ type }) => type === 'Embedding').map(({ id }) => id);
  if (values) return removeNodes(fitted, embeddings);
  const input = nodes.find(({ type }) => type === 'Input');
  if (embeddings.length > 0 || !input) return fitted;
  const embedding = newNode(fitted, 'Embedding', { input_dim: limit });
  return insertAfter(fitted, embedding, input.id);
}
