/**
 * A model graph as tfjs layers with weights. The graph is walked here, not by tfjs's own executor, which hands only the first
 * input's mask on, and that to every layer behind the one that ends it.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { layers as tfLayers } from '@tensorflow/tfjs-layers';
import { requireValid } from '../shared/graph/analyse.ts';
import type { ModelGraph, Shape } from '../shared/graph/graph.ts';
import { UnrollError } from '../shared/errors.ts';
import type { LayerDefinition, WeightSpec } from '../shared/layers/layer.ts';
import { initialValues } from './initializers.ts';
import { ActivationLayer } from './layers/activation.ts';
import { constructLayers } from './layers/index.ts';
import type { CallContext, Mask, RunRecurrent } from './layers/layer.ts';
import { mergedMask } from './layers/masks.ts';
import type { Outputs } from './losses.ts';
import type { Weight } from './optimizer.ts';
import { RandomStream } from './random.ts';

/** Where in training a batch stands: what dropout draws from. */
export interface Draw {
  seed: number;
  epoch: number;
  batch: number;
}

interface Node {
  id: string;
  type: string;
  inputs: readonly string[];
  mask: ReturnType<LayerDefinition['mask']>;
  /** What the node is in tfjs; empty for Input. */
  layers: readonly tfLayers.Layer[];
}

interface Value {
  tensor: tf.Tensor;
  /** Before a sigmoid or softmax behind a layer that has one. */
  logits: tf.Tensor | null;
  mask: Mask;
}

export class Model {
  /** Every weight under `layer/variable`, in Keras's order. */
  readonly weights: readonly Weight[];
  /** Numbers in all weights. */
  readonly parameters: number;
  /** The input's shape, the batch (null) first. */
  readonly inputShape: Shape;
  /** Numbers the model gives for an example. */
  readonly outputs: number;
  /** In an order in which inputs come before what reads them; the last is the output. */
  readonly #nodes: readonly Node[];

  /**
   * Builds the layers and draws the initial weights from the seed.
   * @throws UnrollError `model-invalid` for a graph that does not fit together or has several Inputs
   */
  constructor(graph: ModelGraph, seed: number) {
    const { order, nodes } = requireValid(graph);
    const inputs = graph.nodes.filter(({ type }) => type === 'Input');
    if (inputs.length > 1) {
      const reason = `it has ${inputs.length} Inputs, the data is one sequence an example`;
      throw new UnrollError('model-invalid', {
        name: graph.name,
        reason,
        fix: 'Use one Input and branch behind it.',
      });
    }
    const byId = new Map(graph.nodes.map((node) => [node.id, node]));
    const weights: Weight[] = [];
    this.#nodes = order.map((id) => {
      const node = byId.get(id)!;
      const { config, definition, inputShapes, weights: specs } = nodes.get(id)!;
      const built = node.type === 'Input' ? [] : constructLayers({ ...node, config, specs }, graph.name);
      for (const layer of built) layer.build(asTfShape(inputShapes));
      weights.push(...filledWeights(id, specs, built[0], seed));
      return { id, type: node.type, inputs: node.inputs, mask: definition.mask(config), layers: built };
    });
    this.weights = weights;
    this.parameters = weights.reduce((sum, { variable }) => sum + variable.size, 0);
    this.inputShape = nodes.get(inputs[0]!.id)!.shape!;
    this.outputs = nodes.get(order.at(-1)!)!.shape!.at(-1) ?? 1;
  }

  /**
   * Runs the model on a batch, (B, T) ids or (B, T, D) values. To be called inside a tidy or a gradient.
   * @param draw where training stands; null: not training, nothing is dropped
   * @param runRecurrent runs the recurrent layers, where nothing is trained; without it, the op does
   */
  run(inputs: tf.Tensor, draw: Draw | null, runRecurrent?: RunRecurrent): Outputs {
    let value: Value | undefined;
    for (const { value: next } of this.#walk(inputs, draw, runRecurrent)) value = next;
    const last = this.#nodes.at(-1)!.layers.at(-1);
    const of = last instanceof ActivationLayer ? last.activation : null;
    const logits =
      value!.logits && (of === 'sigmoid' || of === 'softmax')
        ? { of, values: value!.logits as tf.Tensor2D }
        : null;
    return { output: value!.tensor as tf.Tensor2D, logits } as Outputs;
  }

  /** The first layer, in order, whose output for these inputs holds a number that is not finite; null where none does. */
  async firstNotFinite(inputs: tf.Tensor): Promise<string | null> {
    tf.engine().startScope();
    try {
      for (const { id, value } of this.#walk(inputs, null, undefined))
        if (!(await value.tensor.data()).every(Number.isFinite)) return id;
      return null;
    } finally {
      tf.engine().endScope();
    }
  }

  /** Every node's value, in order. */
  *#walk(
    inputs: tf.Tensor,
    draw: Draw | null,
    runRecurrent: RunRecurrent | undefined,
  ): Generator<{ id: string; value: Value }> {
    const values = new Map<string, Value>();
    for (const node of this.#nodes) {
      const value =
        node.layers.length === 0
          ? { tensor: inputs, logits: null, mask: null }
          : runNode(
              node,
              node.inputs.map((id) => values.get(id)!),
              draw,
              runRecurrent,
            );
      values.set(node.id, value);
      yield { id: node.id, value };
    }
  }

  dispose(): void {
    for (const { variable } of this.weights) variable.dispose();
  }
}

function runNode(
  { type, mask, layers }: Node,
  inputs: readonly Value[],
  draw: Draw | null,
  runRecurrent: RunRecurrent | undefined,
): Value {
  const masks = inputs.map((input) => input.mask);
  const random: CallContext['random'] = (purpose) =>
    new RandomStream(draw!.seed, purpose, draw!.epoch, draw!.batch);
  const context: CallContext = { training: draw !== null, masks, random, runRecurrent };
  let tensor: tf.Tensor | tf.Tensor[] =
    inputs.length === 1 ? inputs[0]!.tensor : inputs.map((input) => input.tensor);
  let logits: tf.Tensor | null = null;
  for (const layer of layers) {
    if (layer instanceof ActivationLayer) logits = tensor as tf.Tensor;
    tensor = layer.call(tensor, context) as tf.Tensor;
  }
  const passed = {
    make: () => madeMask(inputs[0]!.tensor),
    pass: () => mergedMask(type, inputs, tensor as tf.Tensor),
    use: () => null,
    drop: () => null,
  };
  return { tensor: tensor as tf.Tensor, logits, mask: passed[mask]() };
}

/** Embedding with mask_zero: id 0 is padding. */
function madeMask(ids: tf.Tensor): Mask {
  return tf.notEqual(ids, tf.scalar(0, 'int32')) as tf.Tensor2D;
}

function asTfShape(shapes: readonly Shape[]): (number | null)[] | (number | null)[][] {
  const [first, ...others] = shapes.map((shape) => [...shape]);
  return others.length === 0 ? first! : [first!, ...others];
}

/** The weights of a layer, filled with their initial values. */
function filledWeights(
  id: string,
  specs: readonly WeightSpec[],
  layer: tfLayers.Layer | undefined,
  seed: number,
): Weight[] {
  return specs.map(({ initializer, shape, ...spec }, i) => {
    const name = `${id}/${spec.name}`;
    const variable = layer!.weights[i]!.read() as tf.Variable;
    const values = tf.tensor(initialValues(initializer, shape, seed, name), variable.shape);
    variable.assign(values);
    values.dispose();
    return { ...spec, name, variable };
  });
}
