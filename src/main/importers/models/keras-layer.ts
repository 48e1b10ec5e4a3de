/** A layer of Keras as one of the catalogue. */
import { findLayer } from '../../../shared/layers/index.ts';
import { readParameters, Unknown, UnknownClass, type Dialect } from './keras-parameters.ts';
import { isObject, type Config } from './keras-values.ts';

/** @throws Unknown for a class or a parameter the catalogue does not have */
export function layerOf(
  className: string,
  config: Config,
  { dialect, notes }: { dialect: Dialect; notes: string[] },
): { type: string; parameters: Record<string, unknown> } {
  if (className === 'Bidirectional')
    return { type: className, parameters: bidirectional(config, dialect, notes) };
  if (className === 'RNN') return { type: 'BookLSTM', parameters: bookLstm(config, dialect, notes) };
  const definition = findLayer(className);
  if (!definition || className === 'Input') {
    throw new UnknownClass(className);
  }
  return { type: className, parameters: readParameters(definition, config, dialect, notes) };
}

/** The RNN that our own exports put around the cell of the Book LSTM. */
function bookLstm({ cell, ...config }: Config, dialect: Dialect, notes: string[]): Record<string, unknown> {
  const inner = isObject(cell) ? cell : {};
  const known = ['BookLSTMCell', 'unroll>BookLSTMCell'].includes(
    String(inner.registered_name ?? inner.class_name),
  );
  if (!known || !isObject(inner.config)) throw new Unknown('it has a cell of its own');
  return readParameters(
    findLayer('BookLSTM')!,
    { ...config, ...inner.config, name: config.name },
    dialect,
    notes,
  );
}

function bidirectional(
  { layer, backward_layer, merge_mode = 'concat' }: Config,
  dialect: Dialect,
  notes: string[],
): Record<string, unknown> {
  const inner = (one: unknown, own: string[]) => {
    if (!isObject(one) || !isObject(one.config)) throw new Unknown('it does not say what it wraps');
    // Keras sets it by itself here, and writes it down.
    const { zero_output_for_mask: _, ...stated } = one.config;
    const wrapped = String(one.class_name);
    if (wrapped !== 'RNN' && !findLayer(wrapped)) throw new Unknown(`it wraps ${wrapped}`);
    const read = layerOf(wrapped, stated, { dialect, notes: own });
    if (!['SimpleRNN', 'LSTM', 'GRU', 'BookLSTM'].includes(read.type))
      throw new Unknown(`it wraps ${read.type}`);
    return read;
  };
  if (merge_mode === null) throw new Unknown('its merge_mode is None, with two outputs');
  const forward = inner(layer, notes);
  if (isObject(backward_layer)) {
    const more: string[] = [];
    const backward = inner(backward_layer, more);
    const outline = ({ type, parameters }: typeof forward) =>
      JSON.stringify([type, Object.entries({ ...parameters, go_backwards: null }).sort()]);
    const first = forward.parameters.go_backwards ?? false;
    if (first === (backward.parameters.go_backwards ?? true))
      throw new Unknown('both of its directions read the same way');
    const { go_backwards: _, ...config } = backward.parameters;
    const other = { type: backward.type, config };
    // Where the first goes backwards, the second is stated, since by itself it would too.
    if (first || outline(forward) !== outline(backward)) {
      notes.push(...more.filter((note) => !notes.includes(note)));
      return { layer: { type: forward.type, config: forward.parameters }, backward_layer: other, merge_mode };
    }
  } else if (forward.parameters.go_backwards === true)
    throw new Unknown('both of its directions read backwards');
  return { layer: { type: forward.type, config: forward.parameters }, merge_mode };
}
