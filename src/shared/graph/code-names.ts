/** Names in the generated code: of its variables, and of layers where Keras would give another one than the model has. */
import { findLayer } from '../layers/index.ts';
import type { NodeAnalysis } from './analyse.ts';
import { freeName } from './edit.ts';

/** Words that mean something in the code, in Python or in R. */
const RESERVED =
  'keras layers model and as assert async await break class continue def del elif else except finally for from function ' +
  'global if import in is lambda next nonlocal not or pass raise repeat return try while with yield c list dict super ' +
  'None True False TRUE FALSE NULL NA NA_integer_ NA_real_ NA_complex_ NA_character_ Inf NaN ' +
  'BookLSTM BookLSTMCell book_lstm_cell layer_book_lstm ' +
  // What the exported scripts use around the model.
  'HERE FIT json np pathlib sys here given fit_it enumerate len print range str zip';

/** Gives every layer a variable of its own. */
export function freeVariables(): (id: string) => string {
  const taken = new Set(RESERVED.split(' '));
  return (id) => {
    const plain = id.replace(/[^A-Za-z0-9_]/g, '_').replace(/^_/, 'x_');
    let variable = plain;
    for (let n = 1; taken.has(variable); n++) variable = `${plain}_${n}`;
    taken.add(variable);
    return variable;
  };
}

/** How Keras names what is not named: `lstm`, `lstm_1`, … by kind, in the order it is made. */
class Unnamed {
  #counts = new Map<string, number>();

  next(baseName: string): string {
    const count = this.#counts.get(baseName) ?? 0;
    return count === 0 ? baseName : `${baseName}_${count}`;
  }

  take(baseName: string): string {
    const name = this.next(baseName);
    this.#counts.set(baseName, (this.#counts.get(baseName) ?? 0) + 1);
    return name;
  }
}

/**
 * The names to state, by id; a layer that Keras names so by itself is left out. Keras also counts the layers within a
 * Bidirectional, and the operation by which Concatenate joins masks: a name that one takes is given to no layer.
 * @param layers in the order they are made
 */
export function layerNames(
  layers: readonly { id: string; analysis: NodeAnalysis }[],
): ReadonlyMap<string, string> {
  const unnamed = new Unnamed();
  const stated: string[] = [];
  const hidden = new Set<string>();
  for (const { id, analysis } of layers) {
    const { type, baseName } = analysis.definition;
    if (type === 'Input') continue;
    if (type === 'Bidirectional') {
      const { layer, backward_layer } = analysis.config as Record<string, { type?: string } | null>;
      for (const one of [layer, backward_layer]) {
        const wrapped = findLayer(one?.type ?? '');
        if (wrapped) unnamed.take(wrapped.baseName);
      }
    }
    // Keras has no Book LSTM, and so no name for one.
    if (type !== 'BookLSTM' && unnamed.next(baseName) === id) unnamed.take(baseName);
    else stated.push(id);
    if (type === 'Concatenate' && analysis.masked) hidden.add(unnamed.take(baseName));
  }
  const taken = new Set(layers.map(({ id }) => id));
  const statable = (id: string): string => {
    if (!hidden.has(id) && !id.includes('/')) return id;
    // Keras takes no / in names.
    const name = freeName(taken, hidden.has(id) ? `${id}_layer` : id.replaceAll('/', '_'));
    taken.add(name);
    return name;
  };
  return new Map(stated.map((id) => [id, statable(id)]));
}
