/** The model being edited: its graph, what is selected, its history, and the draft kept in the workspace. */
import type { ModelEntry } from '../../../shared/contract/models.ts';
import { modelGraphSchema, type ModelGraph } from '../../../shared/graph/graph.ts';
import { duplicateNode, emptyGraph, removeNodes, updateConfig } from '../../../shared/graph/edit.ts';
import { History, type Records } from '../../state/history.ts';
import { settings } from '../../state/settings.svelte.ts';
import { insertLayer, moveLayer, renameLayer, setInputs } from './edits.ts';
import { graphOf, recordsOf } from './records.ts';
import { titleOf, viewOf } from './view.ts';

const KEY = 'build.draft';
const AUTOSAVE_MS = 400;
/** What a model is called before its user names it. */
const NEW_NAME = 'my-model';

/** What is kept of unsaved work. */
interface Kept {
  graph: ModelGraph;
  /** The saved model it was opened from or saved as; null for one never saved. */
  saved: string | null;
  /** Its graph as it is saved, to tell whether there are changes. */
  base: ModelGraph | null;
}

function restore(stored: unknown): Kept | null {
  if (typeof stored !== 'object' || stored === null) return null;
  const { graph, saved, base } = stored as Record<string, unknown>;
  const parsed = modelGraphSchema.safeParse(graph);
  const parsedBase = modelGraphSchema.safeParse(base);
  if (!parsed.success) return null;
  return {
    graph: parsed.data,
    saved: typeof saved === 'string' ? saved : null,
    base: parsedBase.success ? parsedBase.data : null,
  };
}

class Editor {
  graph = $state.raw<ModelGraph>(emptyGraph(NEW_NAME));
  saved = $state.raw<string | null>(null);
  #base = $state.raw<ModelGraph | null>(null);
  selected = $state.raw<string | null>(null);
  /** Where the palette inserts: before the node of this place. Null: after the selected layer, or at the end. */
  insertAt = $state.raw<number | null>(null);
  undoLabel = $state.raw<string | null>(null);
  redoLabel = $state.raw<string | null>(null);
  #history = new History();
  #restored = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  readonly view = $derived(viewOf(this.graph));
  readonly node = $derived(this.graph.nodes.find(({ id }) => id === this.selected) ?? null);
  readonly changed = $derived(
    this.#base === null
      ? this.graph.nodes.length > 0
      : JSON.stringify(this.#base) !== JSON.stringify(this.graph),
  );
  readonly place = $derived(
    this.insertAt ?? (this.node === null ? this.graph.nodes.length : this.graph.nodes.indexOf(this.node) + 1),
  );

  /** Takes up the draft where it was left, once settings are there. */
  restore(): void {
    if (this.#restored) return;
    this.#restored = true;
    const kept = restore(settings.get(KEY));
    if (kept !== null && this.graph.nodes.length === 0) this.#show(kept.graph, kept.saved, kept.base);
  }

  /** Every edit goes through here: one step of the history, and the draft is kept. */
  edit(label: string, change: (graph: ModelGraph) => ModelGraph, together: string | null = null): void {
    const before = this.graph;
    const after = change(before);
    if (after === before) return;
    this.#history.record(recordsOf(before), recordsOf(after), label, together);
    this.graph = after;
    this.#tell();
  }

  seal = (): void => this.#history.seal();

  undo(): void {
    this.#take(this.#history.undo(recordsOf(this.graph)));
  }

  redo(): void {
    this.#take(this.#history.redo(recordsOf(this.graph)));
  }

  insert(type: string, place = this.place): void {
    const known = new Set(this.graph.nodes.map(({ id }) => id));
    this.edit(`Add ${titleOf(type)}`, (graph) => insertLayer(graph, type, place));
    this.insertAt = null;
    this.selected = this.graph.nodes.find(({ id }) => !known.has(id))?.id ?? this.selected;
  }

  move(id: string, place: number): void {
    this.edit(`Move ${id}`, (graph) => moveLayer(graph, id, place));
    this.selected = id;
  }

  /** One place up (-1) or down (1). */
  shift(id: string, by: -1 | 1): void {
    const at = this.graph.nodes.findIndex((node) => node.id === id);
    const to = at + by;
    if (at < 0 || to < 0 || to >= this.graph.nodes.length) return;
    this.move(id, by === 1 ? to + 1 : to);
  }

  remove(id: string): void {
    const at = this.graph.nodes.findIndex((node) => node.id === id);
    this.edit(`Delete ${id}`, (graph) => removeNodes(graph, [id]));
    this.selected = this.graph.nodes[Math.min(at, this.graph.nodes.length - 1)]?.id ?? null;
  }

  duplicate(id: string): void {
    const known = new Set(this.graph.nodes.map((node) => node.id));
    this.edit(`Duplicate ${id}`, (graph) => duplicateNode(graph, id));
    this.selected = this.graph.nodes.find((node) => !known.has(node.id))?.id ?? id;
  }

  /** @throws UnrollError of the catalogue where the name is taken or not one Keras takes */
  renameLayer(id: string, name: string): void {
    this.edit(`Rename ${id}`, (graph) => renameLayer(graph, id, name));
    if (this.selected === id) this.selected = name;
  }

  setInputs(id: string, inputs: readonly string[]): void {
    this.edit(`Connect ${id}`, (graph) => setInputs(graph, id, inputs));
  }

  /** Changes some of a layer's settings; `undefined` gives one back to its default. */
  configure(id: string, changes: Readonly<Record<string, unknown>>): void {
    const keys = Object.keys(changes).join(' and ');
    this.edit(`Change ${keys} of ${id}`, (graph) => updateConfig(graph, id, changes), `${id} ${keys}`);
  }

  renameModel(name: string): void {
    this.edit('Rename the model', (graph) => ({ ...graph, name }), 'name');
  }

  /** Begins with nothing. Answers a function that brings back what was there. */
  begin(): () => void {
    return this.open(emptyGraph(NEW_NAME), null, null);
  }

  /** Shows another model in place of this one. Answers a function that brings this one back with its history. */
  open(graph: ModelGraph, saved: string | null, base: ModelGraph | null = graph): () => void {
    const left = {
      graph: this.graph,
      saved: this.saved,
      base: this.#base,
      history: this.#history,
      selected: this.selected,
    };
    this.#restored = true;
    this.#history = new History();
    this.#show(graph, saved, base);
    return () => {
      this.#history = left.history;
      this.#show(left.graph, left.saved, left.base);
      this.selected = left.selected;
    };
  }

  openEntry(entry: ModelEntry): () => void {
    return this.open(entry.graph, entry.builtIn ? null : entry.name);
  }

  markSaved(entry: ModelEntry): void {
    this.saved = entry.name;
    this.#base = entry.graph;
    this.graph = entry.graph;
    this.keepNow();
  }

  /** Keeps the draft at once: after saving, and before the page goes. */
  keepNow = (): void => {
    clearTimeout(this.#timer);
    settings.set(KEY, { graph: this.graph, saved: this.saved, base: this.#base });
  };

  #show(graph: ModelGraph, saved: string | null, base: ModelGraph | null): void {
    this.graph = graph;
    this.saved = saved;
    this.#base = base;
    this.selected = graph.nodes[0]?.id ?? null;
    this.insertAt = null;
    this.#tell();
  }

  #take(records: Records | null): void {
    if (records === null) return;
    this.graph = graphOf(records);
    if (this.node === null) this.selected = this.graph.nodes.at(-1)?.id ?? null;
    this.#tell();
  }

  #tell(): void {
    this.undoLabel = this.#history.undoLabel;
    this.redoLabel = this.#history.redoLabel;
    this.#keep();
  }

  #keep(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.keepNow, AUTOSAVE_MS);
  }
}

export const editor = new Editor();
