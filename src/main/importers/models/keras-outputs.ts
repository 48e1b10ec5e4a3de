/**
 * Layers that have several outputs in Keras as layers with the one that every layer has here. Each rewriting computes the very
 * same; where there is none, the layer is refused and the error says which output goes where.
 * - `return_state=True` goes where only the output is used. The state h is the output where only the last step is returned, and
 *   where the sequence is used nowhere, the layer returns only its last step here.
 * - Bidirectional with `merge_mode=None` whose two outputs go to one Concatenate, Add, Average or Multiply and nowhere else:
 *   that layer goes, and what it does becomes the merge_mode.
 * - The same with any other use of its outputs, where only the last steps are returned: each direction that is used becomes a
 *   layer of its own. A whole sequence read backwards comes out in time's order, which only Bidirectional does, so that of whole
 *   sequences the forward direction can stand alone but not the backward.
 */
import { OTHER_LAYERS, type Connected, type Entry, type Half, type Tensor } from './keras-entry.ts';
import { Unknown } from './keras-parameters.ts';
import { isObject, type Config } from './keras-values.ts';
import { refuse } from './model-importer.ts';

/** The recurrent layers in a file; RNN is what our own exports put around the cell of the Book LSTM. */
export const RECURRENT = ['SimpleRNN', 'LSTM', 'GRU', 'RNN'];

/** What a direction of Bidirectional can be by itself: an RNN has no `zero_output_for_mask` here. */
const SEPARABLE = ['SimpleRNN', 'LSTM', 'GRU'];

const statesOf = (className: string, { return_state }: Config): string[] => {
  if (return_state !== true || !RECURRENT.includes(className)) return [];
  return ['LSTM', 'RNN'].includes(className) ? ['state h', 'state c'] : ['state h'];
};

type Wrapped = Config & { class_name: string; config: Config };

const wrapped = (layer: unknown): Wrapped => {
  const { class_name, config, ...rest } = isObject(layer) ? layer : {};
  return { ...rest, class_name: String(class_name), config: isObject(config) ? config : {} };
};

/** What each output of a layer is called. */
export function outputsOf({ className, config }: Pick<Entry, 'className' | 'config'>): string[] {
  if (className !== 'Bidirectional') return ['output', ...statesOf(className, config)];
  const { class_name, config: own } = wrapped(config.layer);
  const states = statesOf(class_name, own);
  const both = (outputs: readonly string[]) =>
    ['forward', 'backward'].flatMap((direction) => outputs.map((output) => `${direction} ${output}`));
  return [...(config.merge_mode === null ? both(['output']) : ['output']), ...both(states)];
}

/** Who reads which output of a layer; null is the model, whose own output it is. */
interface Use {
  output: number;
  by: Connected | null;
}

interface Rewritten {
  /** What stands in the layer's place. */
  entries: Connected[];
  /** The layer whose output each of the outputs is now; null for one that is read nowhere. */
  outputs: (string | null)[];
  /** The layer that goes, whose output is this one's now. */
  merged?: string;
  /** What is not as in the file. */
  note: string;
}

interface Reading {
  path: string;
  notes: string[];
}

/**
 * @param output the model's own
 * @param reading `notes` gets a sentence for each layer that is another here
 * @throws UnrollError `model-unreadable`, naming the layer
 */
export function withSingleOutputs(
  entries: readonly Connected[],
  output: Tensor,
  { path, notes }: Reading,
): Connected[] {
  const uses = usesByLayer(entries, output);
  const names = new Set(entries.map(({ name }) => name));
  const now = new Map<string, readonly (string | null)[]>();
  const gone = new Set<string>();
  const rewritten = entries.flatMap((entry) => {
    const { name, className } = entry;
    const outputs = outputsOf(entry);
    if (outputs.length === 1) return [entry];
    try {
      const found = rewrite(entry, uses.get(name) ?? [], names);
      now.set(name, found.outputs);
      notes.push(found.note);
      if (found.merged !== undefined) {
        gone.add(found.merged);
        now.set(found.merged, [name]);
      }
      return found.entries;
    } catch (error) {
      if (!(error instanceof Unknown)) throw error;
      const reason = `the layer ${name} (${className}) has ${outputs.length} outputs, where a layer here has one: ${error.message}`;
      throw refuse(path, reason, OTHER_LAYERS);
    }
  });
  const followed = ({ layer, output: at }: Tensor): Tensor => {
    const found = now.has(layer) ? now.get(layer)![at] : at === 0 ? layer : null;
    if (found) return { layer: found, output: 0 };
    const reason = `the output ${at} of its layer ${layer} is read, which that does not have`;
    throw refuse(path, reason, 'Save the model again with Keras.');
  };
  followed(output);
  return rewritten
    .filter(({ name }) => !gone.has(name))
    .map((entry) => ({ ...entry, call: { ...entry.call, inputs: entry.call.inputs.map(followed) } }));
}

function usesByLayer(entries: readonly Connected[], output: Tensor): Map<string, Use[]> {
  const uses = new Map<string, Use[]>([[output.layer, [{ output: output.output, by: null }]]]);
  for (const by of entries)
    for (const { layer, output } of by.call.inputs) {
      const known = uses.get(layer);
      if (known) known.push({ output, by });
      else uses.set(layer, [{ output, by }]);
    }
  return uses;
}

/** @throws Unknown, saying where the outputs go */
function rewrite(entry: Connected, uses: readonly Use[], names: ReadonlySet<string>): Rewritten {
  const found =
    entry.className === 'Bidirectional' ? bidirectional(entry, uses, names) : recurrent(entry, uses);
  if (found) return found;
  const called = outputsOf(entry);
  const ways = uses.map(({ output, by }) => {
    const where = by ? `${by.name} (${by.className})` : 'what the model puts out';
    return `its ${called[output] ?? `output ${output}`} goes to ${where}`;
  });
  throw new Unknown([...new Set(ways)].join(', ') || 'none is used');
}

const isRead = (all: readonly Use[], output: number): boolean => all.some((use) => use.output === output);

const withConfig = (entry: Connected, more: Config): Connected => ({
  ...entry,
  config: { ...entry.config, ...more },
});

/** SimpleRNN, GRU and LSTM without `return_state`; null where there is no such layer that computes the same. */
function recurrent(entry: Connected, all: readonly Use[]): Rewritten | null {
  const { name, config } = entry;
  if (all.some(({ output }) => output > 1)) return null;
  if (!isRead(all, 1)) {
    const note = `${name}'s return_state is not kept; only its output is used.`;
    return { entries: [withConfig(entry, { return_state: false })], outputs: [name], note };
  }
  // The state goes on through masked steps, where such an output is zero.
  if (config.zero_output_for_mask === true || (config.return_sequences === true && isRead(all, 0)))
    return null;
  const last = withConfig(entry, { return_state: false, return_sequences: false });
  const note = `${name}'s return_state is not kept; its state h is its last output.`;
  return { entries: [last], outputs: [name, name], note };
}

function bidirectional(entry: Connected, all: readonly Use[], names: ReadonlySet<string>): Rewritten | null {
  const { name, config } = entry;
  const apart = config.merge_mode === null;
  if (all.some(({ output }) => output >= (apart ? 2 : 1))) return null;
  const plain = withConfig(entry, {
    layer: withoutState(config.layer),
    ...(isObject(config.backward_layer) && { backward_layer: withoutState(config.backward_layer) }),
  });
  if (apart) return merged(plain, all) ?? separate(plain, all, names);
  const note = `${name}'s return_state is not kept; only its output is used.`;
  return { entries: [plain], outputs: [name], note };
}

function withoutState(layer: unknown): Wrapped {
  const { config, ...rest } = wrapped(layer);
  return { ...rest, config: { ...config, return_state: false } };
}

const MERGING: ReadonlyMap<string, string> = new Map([
  ['Concatenate', 'concat'],
  ['Add', 'sum'],
  ['Average', 'ave'],
  ['Multiply', 'mul'],
]);

/** With the merge_mode of the layer that both outputs go to; null where they go elsewhere too. */
function merged(entry: Connected, all: readonly Use[]): Rewritten | null {
  const { name, config } = entry;
  const by = all[0]?.by;
  const mode = MERGING.get(by?.className ?? '');
  if (!by || mode === undefined || all.some((use) => use.by !== by)) return null;
  const order = all.map(({ output }) => output).join();
  const both = by.call.inputs.length === 2 && (order === '0,1' || (order === '1,0' && mode !== 'concat'));
  const axis = by.config.axis ?? -1;
  const last = wrapped(config.layer).config.return_sequences === true ? 2 : 1;
  if (!both || (mode === 'concat' && axis !== -1 && axis !== last)) return null;
  const note = `${name} and ${by.name} are one layer here, ${name} with the merge_mode ${mode}.`;
  return {
    entries: [withConfig(entry, { merge_mode: mode })],
    outputs: [name, name],
    merged: by.name,
    note,
  };
}

/** Each direction that is used as a layer of its own; null where that would be in another order of time. */
function separate(entry: Connected, all: readonly Use[], names: ReadonlySet<string>): Rewritten | null {
  const { name, config } = entry;
  const first = wrapped(config.layer);
  const second = isObject(config.backward_layer)
    ? wrapped(config.backward_layer)
    : { ...first, config: { ...first.config, go_backwards: first.config.go_backwards !== true } };
  const sequences = first.config.return_sequences === true;
  const separable = [first, second].every(({ class_name }) => SEPARABLE.includes(class_name));
  if (!separable || (sequences && isRead(all, 1))) return null;
  const arrays = { forward: arraysOf(first), backward: arraysOf(second) };
  const both = isRead(all, 0) && isRead(all, 1);
  const part = (direction: Half['direction'], { class_name, config: own }: Wrapped): Connected => ({
    ...entry,
    className: class_name,
    name: both ? freeName(`${name}_${direction}`, names) : name,
    // In Bidirectional Keras sets it so, whatever is asked for.
    config: { ...own, name, zero_output_for_mask: sequences },
    half: { of: name, direction, arrays },
  });
  const entries = [
    ...(isRead(all, 0) ? [part('forward', first)] : []),
    ...(isRead(all, 1) ? [part('backward', second)] : []),
  ];
  const outputs = [entries[0]?.name ?? null, entries.at(-1)?.name ?? null];
  const which = both ? 'is two layers' : `is only its ${entries[0]?.half?.direction} layer`;
  return {
    entries,
    outputs,
    note: `${name} ${which} here: ${entries.map((one) => one.name).join(' and ')}.`,
  };
}

/** Kernel, recurrent kernel and bias. */
const arraysOf = ({ config }: Wrapped): number => (config.use_bias === false ? 2 : 3);

function freeName(wanted: string, names: ReadonlySet<string>): string {
  let name = wanted;
  while (names.has(name)) name += '_';
  return name;
}
