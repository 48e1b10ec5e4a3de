/** A whole model as an ONNX graph, and the masks that go along with its values. */
import type { NamedArray } from '../../../shared/checkpoint.ts';
import { requireValid, type NodeAnalysis } from '../../../shared/graph/analyse.ts';
import type { LayerNode, ModelGraph } from '../../../shared/graph/graph.ts';
import { axesOf } from '../../../shared/layers/layer-normalization.ts';
import { GraphBuilder } from './builder.ts';
import { BOOL, FLOAT, INT32, valueInfo, type Dimension, type GraphProto } from './format.ts';
import type { Value } from './layer.ts';
import { emitLayer } from './layers.ts';

/** Whether a layer needs to know how many steps there are. */
function needsLength(type: string, { config, shape }: NodeAnalysis): boolean {
  if (type === 'Flatten' || config.data_format === 'channels_first') return true;
  return type === 'LayerNormalization' && axesOf(config, shape!).some((axis) => axis < shape!.length - 1);
}

function inputShape({ config }: LayerNode, fixed: boolean): Dimension[] {
  const [steps, ...others] = config.shape as (number | null)[];
  return ['batch', fixed && steps !== null ? steps! : 'length', ...(others as number[])];
}

/** Where several masks meet: as Keras 3's merge layers, an input without one is real everywhere for Concatenate alone. */
function mergedMask(graph: GraphBuilder, type: string, inputs: readonly Value[]): string | null {
  const masks = inputs.flatMap(({ mask }) => mask ?? []);
  if (masks.length === 0) return null;
  if (masks.length < inputs.length) {
    if (type !== 'Concatenate') return null;
    return graph.add('Or', [masks[0]!, graph.add('Not', [masks[0]!])]);
  }
  return masks.reduce((merged, mask) => graph.add('Or', [merged, mask]));
}

function ownMask(
  graph: GraphBuilder,
  { type }: LayerNode,
  handsOn: string,
  inputs: readonly Value[],
): string | null {
  if (handsOn === 'pass') return inputs.length === 1 ? inputs[0]!.mask : mergedMask(graph, type, inputs);
  if (handsOn !== 'make') return null;
  // Ids are whole: other than zero is true.
  return graph.add('Cast', [inputs[0]!.name], { to: BOOL });
}

/** @throws UnrollError `model-invalid`, `export-unsupported` */
export function onnxGraph(model: ModelGraph, weights: readonly NamedArray[]): GraphProto {
  const { order, nodes, output } = requireValid(model);
  const byId = new Map(model.nodes.map((node) => [node.id, node]));
  const byName = new Map(weights.map(({ name, data }) => [name, data]));
  const fixed = model.nodes.some(({ id, type }) => needsLength(type, nodes.get(id)!));
  const graph = new GraphBuilder();
  const values = new Map<string, Value>();
  const inputs: GraphProto['input'] = [];
  for (const id of order) {
    const node = byId.get(id)!;
    const analysis = nodes.get(id)!;
    const { config, definition } = analysis;
    if (node.type === 'Input') {
      inputs.push(valueInfo(id, config.dtype === 'int32' ? INT32 : FLOAT, inputShape(node, fixed)));
      values.set(id, { name: id, mask: null });
      continue;
    }
    const read = node.inputs.map((input) => values.get(input)!);
    const own = new Map(analysis.weights.map(({ name }) => [name, byName.get(`${id}/${name}`)!]));
    const name = emitLayer({ graph, id, type: node.type, config, analysis, weights: own, inputs: read });
    values.set(id, { name, mask: ownMask(graph, node, definition.mask(config), read) });
  }
  const name = `${output}/output`;
  graph.nameOutput(values.get(output!)!.name, name);
  const shape = nodes
    .get(output!)!
    .shape!.slice(1)
    .map((size) => size ?? 'length');
  const outputs = [valueInfo(name, FLOAT, ['batch', ...shape])];
  return {
    name: model.name,
    node: graph.nodes,
    initializer: graph.initializers,
    input: inputs,
    output: outputs,
  };
}
