/** Every layer of the catalogue as ONNX operators. Sequences are (B, T, features), masks (B, T) of truth values. */
import { UnrollError } from '../../../shared/errors.ts';
import { directionsOf } from '../../../shared/layers/bidirectional.ts';
import { stepsFirst } from '../../../shared/layers/data-format.ts';
import { activate } from './activations.ts';
import type { GraphBuilder } from './builder.ts';
import { FLOAT } from './format.ts';
import type { Emitting, Outputs, Recurrent, Value } from './layer.ts';
import { normalization } from './normalization.ts';
import { emitRecurrent } from './recurrent.ts';
import { reverseTime } from './time.ts';

const sizeOf = ({ analysis }: Emitting): number => analysis.inputShapes[0]!.at(-1)!;

function recurrentOf(
  emitting: Emitting,
  type: string,
  config: Emitting['config'],
  prefix: string,
  backwards: boolean,
): Recurrent {
  const { id, weights } = emitting;
  const own = [...weights].filter(([name]) => name.startsWith(prefix));
  return {
    layer: prefix === '' ? id : `${id}/${prefix.replace(/_.*$/, '')}`,
    type,
    units: Number(config.units),
    inputSize: sizeOf(emitting),
    config,
    weights: new Map(own.map(([name, data]) => [name.slice(name.lastIndexOf('/') + 1), data])),
    backwards,
  };
}

function recurrent(emitting: Emitting): string {
  const { graph, type, config, inputs } = emitting;
  const backwards = config.go_backwards === true;
  const layer = recurrentOf(emitting, type, config, '', backwards);
  const [{ name, mask }] = inputs as [Value];
  const { sequence, last } = emitRecurrent(graph, layer, name, mask);
  const output = config.return_sequences === true ? sequence : last;
  if (!mask || config.zero_output_for_mask !== true) return output;
  const real = backwards ? reverseTime(graph, mask) : mask;
  if (config.return_sequences === true) return zeroMasked(graph, output, real);
  const read = graph.add('Gather', [real, graph.ints(-1)], { axis: 1 });
  return graph.add('Mul', [output, graph.add('Cast', [read], { to: FLOAT })]);
}

function merge(graph: GraphBuilder, mode: string, forward: string, backward: string): string {
  if (mode === 'concat') return graph.add('Concat', [forward, backward], { axis: -1 });
  if (mode === 'mul') return graph.add('Mul', [forward, backward]);
  const sum = graph.add('Add', [forward, backward]);
  return mode === 'sum' ? sum : graph.add('Mul', [sum, graph.scalar(0.5)]);
}

/** Keras puts zeros at masked steps here, unlike in a layer alone. */
function zeroMasked(graph: GraphBuilder, sequence: string, mask: string): string {
  const real = graph.add('Unsqueeze', [graph.add('Cast', [mask], { to: FLOAT }), graph.ints(2)]);
  return graph.add('Mul', [sequence, real]);
}

function bidirectional(emitting: Emitting): string {
  const { graph, config, inputs } = emitting;
  const [{ name, mask }] = inputs as [Value];
  const directions = directionsOf(config as Parameters<typeof directionsOf>[0]);
  const own = directions[0].config;
  const first = own.go_backwards === true;
  const [forward, backward] = directions.map((direction) => {
    const backwards = direction.config.go_backwards === true;
    const layer = recurrentOf(emitting, direction.type, direction.config, `${direction.name}_`, backwards);
    return emitRecurrent(graph, layer, name, mask);
  }) as [Outputs, Outputs];
  const mode = String(config.merge_mode);
  if (own.return_sequences !== true) return merge(graph, mode, forward.last, backward.last);
  const real = mask && (first ? reverseTime(graph, mask) : mask);
  const both = [forward.sequence, reverseTime(graph, backward.sequence)].map((sequence) =>
    real ? zeroMasked(graph, sequence, real) : sequence,
  );
  return merge(graph, mode, both[0]!, both[1]!);
}

function biased({ graph, id, weights }: Emitting, product: string): string {
  const bias = weights.get('bias');
  return bias ? graph.add('Add', [product, graph.weight(`${id}/bias`, [bias.length], bias)]) : product;
}

function dense(emitting: Emitting): string {
  const { graph, id, config, weights, inputs } = emitting;
  const kernel = graph.weight(
    `${id}/kernel`,
    [sizeOf(emitting), Number(config.units)],
    weights.get('kernel')!,
  );
  const sum = biased(emitting, graph.add('MatMul', [inputs[0]!.name, kernel]));
  return activate(graph, String(config.activation), sum, id);
}

const channelsFirst = (graph: GraphBuilder, x: string): string =>
  graph.add('Transpose', [x], { perm: [0, 2, 1] });

/** A layer over time, which sees its input with the steps first whatever its data format is. */
const withStepsFirst =
  (emit: (emitting: Emitting) => string) =>
  (emitting: Emitting): string => {
    const { graph, config, inputs, analysis } = emitting;
    const [{ name, mask }] = inputs as [Value];
    const shapes = analysis.inputShapes.map((shape) => stepsFirst(shape, 'channels_first'));
    if (config.data_format !== 'channels_first' || shapes[0]!.length !== 3) return emit(emitting);
    const turned = { name: channelsFirst(graph, name), mask };
    const y = emit({ ...emitting, inputs: [turned], analysis: { ...analysis, inputShapes: shapes } });
    return analysis.shape!.length === 3 ? channelsFirst(graph, y) : y;
  };

/** A row of features, or with keepdims a sequence of one step. */
const kept = ({ graph, config }: Emitting, row: string): string =>
  config.keepdims === true ? graph.add('Unsqueeze', [row, graph.ints(1)]) : row;

/** (K, D, F) to (F, D, K). */
function filters(kernel: Float32Array, K: number, D: number, F: number): Float32Array {
  const turned = new Float32Array(kernel.length);
  for (let k = 0; k < K; k++)
    for (let d = 0; d < D; d++)
      for (let f = 0; f < F; f++) turned[(f * D + d) * K + k] = kernel[(k * D + d) * F + f]!;
  return turned;
}

function conv1d(emitting: Emitting): string {
  const { graph, id, config, weights } = emitting;
  const [K, F, step, dilation] = ['kernel_size', 'filters', 'strides', 'dilation_rate'].map((name) =>
    Number(config[name]),
  );
  const group = Number(config.groups);
  const format = config.data_format as Parameters<typeof stepsFirst>[1];
  const D = stepsFirst(emitting.analysis.inputShapes[0]!, format)[2]! / group;
  const span = (K! - 1) * dilation!;
  const left = config.padding === 'causal' ? span : Math.floor(span / 2);
  const window = { kernel_shape: [K!], strides: [step!], dilations: [dilation!], group };
  const same = step === 1 ? { pads: [left, span - left] } : { auto_pad: 'SAME_UPPER' };
  const padded = { valid: {}, causal: { pads: [left, span - left] }, same }[String(config.padding)];
  const kernel = graph.weight(`${id}/kernel`, [F!, D, K!], filters(weights.get('kernel')!, K!, D, F!));
  const convolved = (one: Emitting): string => {
    const x = channelsFirst(graph, one.inputs[0]!.name);
    return biased(one, channelsFirst(graph, graph.add('Conv', [x, kernel], { ...window, ...padded })));
  };
  // A softmax is over the last axis of what is given.
  return activate(graph, String(config.activation), withStepsFirst(convolved)(emitting), id);
}

function maxPooling({ graph, config, inputs }: Emitting): string {
  const size = Number(config.pool_size);
  const window = { kernel_shape: [size], strides: [Number(config.strides ?? size)] };
  const padded = config.padding === 'same' ? { auto_pad: 'SAME_UPPER' } : {};
  return channelsFirst(
    graph,
    graph.add('MaxPool', [channelsFirst(graph, inputs[0]!.name)], { ...window, ...padded }),
  );
}

function average(emitting: Emitting): string {
  const { graph, inputs } = emitting;
  const [{ name, mask }] = inputs as [Value];
  if (!mask) return kept(emitting, graph.add('ReduceMean', [name], { axes: [1], keepdims: 0 }));
  const real = graph.add('Cast', [mask], { to: FLOAT });
  const sum = graph.add('ReduceSum', [zeroMasked(graph, name, mask), graph.ints(1)], { keepdims: 0 });
  const count = graph.add('ReduceSum', [real, graph.ints(1)], { keepdims: 1 });
  return kept(emitting, graph.add('Div', [sum, count]));
}

function embedding({ graph, id, config, weights, inputs }: Emitting): string {
  const sizes = [Number(config.input_dim), Number(config.output_dim)];
  return graph.add('Gather', [
    graph.weight(`${id}/embeddings`, sizes, weights.get('embeddings')!),
    inputs[0]!.name,
  ]);
}

const EMIT: Readonly<Record<string, (emitting: Emitting) => string>> = {
  Embedding: embedding,
  SimpleRNN: recurrent,
  LSTM: recurrent,
  GRU: recurrent,
  BookLSTM: recurrent,
  Bidirectional: bidirectional,
  Dense: dense,
  Activation: ({ graph, id, config, inputs }) =>
    activate(graph, String(config.activation), inputs[0]!.name, id),
  Conv1D: conv1d,
  MaxPooling1D: withStepsFirst(maxPooling),
  GlobalMaxPooling1D: withStepsFirst((emitting) => {
    const { graph, inputs } = emitting;
    return kept(emitting, graph.add('ReduceMax', [inputs[0]!.name], { axes: [1], keepdims: 0 }));
  }),
  GlobalAveragePooling1D: withStepsFirst(average),
  Flatten: withStepsFirst(({ graph, inputs }) => graph.add('Flatten', [inputs[0]!.name], { axis: 1 })),
  Dropout: ({ inputs }) => inputs[0]!.name,
  LayerNormalization: normalization,
  Concatenate: ({ graph, config, inputs }) =>
    graph.add(
      'Concat',
      inputs.map(({ name }) => name),
      { axis: Number(config.axis) },
    ),
  Add: ({ graph, inputs }) =>
    graph.add(
      'Sum',
      inputs.map(({ name }) => name),
    ),
};

/** @throws UnrollError `export-unsupported` */
export function emitLayer(emitting: Emitting): string {
  const emit = EMIT[emitting.type];
  if (emit) return emit(emitting);
  const { id: layer, type } = emitting;
  throw new UnrollError('export-unsupported', {
    layer,
    format: 'onnx',
    reason: `there is no translation of ${type}`,
  });
}
