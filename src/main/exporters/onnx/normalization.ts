/** LayerNormalization in ONNX: the operator over the last axis, else its parts. */
import { axesOf } from '../../../shared/layers/layer-normalization.ts';
import type { Emitting } from './layer.ts';

export function normalization(emitting: Emitting): string {
  const { graph, id, config, weights, inputs, analysis } = emitting;
  const size = analysis.shape!.at(-1)!;
  const axes = axesOf(config, analysis.shape!);
  if (config.rms_scaling === true || axes.join() !== String(analysis.shape!.length - 1))
    return normalizationOver(axes, emitting);
  const gamma = graph.weight(`${id}/gamma`, [size], weights.get('gamma') ?? new Float32Array(size).fill(1));
  const beta = graph.weight(`${id}/beta`, [size], weights.get('beta') ?? new Float32Array(size));
  const epsilon = { float: Number(config.epsilon) };
  return graph.add('LayerNormalization', [inputs[0]!.name, gamma, beta], { axis: -1, epsilon });
}

/** What the operator does not compute: over other axes than the last, or with the mean left in. */
function normalizationOver(
  axes: readonly number[],
  { graph, id, config, weights, inputs, analysis }: Emitting,
): string {
  const x = inputs[0]!.name;
  const along = analysis.shape!.map((size, axis) => (axes.includes(axis) ? size! : 1));
  const mean = graph.add('ReduceMean', [x], { axes, keepdims: 1 });
  const centred = graph.add('Sub', [x, mean]);
  const variance = graph.add('ReduceMean', [graph.add('Mul', [centred, centred])], { axes, keepdims: 1 });
  const spread = graph.add('Sqrt', [graph.add('Add', [variance, graph.scalar(Number(config.epsilon))])]);
  const normal = graph.add('Div', [config.rms_scaling === true ? x : centred, spread]);
  const learned = (name: string): string => graph.weight(`${id}/${name}`, along, weights.get(name)!);
  const scaled = weights.has('gamma') ? graph.add('Mul', [normal, learned('gamma')]) : normal;
  return weights.has('beta') ? graph.add('Add', [scaled, learned('beta')]) : scaled;
}
