/** The model on the canvas and its history: where it came from, every edit of it, and the draft it is kept as. */
import type { Draft } from '../../../shared/contract/drafts.ts';
import type { ModelEntry } from '../../../shared/contract/models.ts';
import { UnrollError } from '../../../shared/errors.ts';
import { emptyGraph } from '../../../shared/graph/edit.ts';
import type { ModelGraph } from '../../../shared/graph/graph.ts';
import { emptyHistory, recordEdit, redo, seal, undo, type Travelled } from '../../../shared/graph/history.ts';
import { quote } from '../../../shared/query/tokens.ts';
import { client } from '../../client/client.ts';
import { plural } from '../../state/format.ts';
import { models } from '../../state/models.svelte.ts';
import { notifyWith } from '../../state/notices.ts';
import { router } from '../../state/router.svelte.ts';
import { runs } from '../../state/runs.svelte.ts';
import { draft, draftOf, latestDraft } from './draft.svelte.ts';
import { purpose } from './purpose.svelte.ts';
import { viewOf } from './view.ts';

/** What a model is called before its user names it. */
const NEW_NAME = 'my-model';

const sameModel = (left: ModelGraph, right: ModelGraph): boolean =>
  left === right || JSON.stringify(left.nodes) === JSON.stringify(right.nodes);

/** Runs stay as they were trained, and so do the filters that find them. */
function tellOfRuns(name: string, to: string): void {
  const kept = runs.items.filter(({ model }) => model === name).length;
  if (kept === 0) return;
  const keep = `${plural(kept, 'run')} trained before ${kept === 1 ? 'keeps' : 'keep'} the name ${name}`;
  const filter = `model in (${quote(name)}, ${quote(to)})`;
  notifyWith(`The model is ${to} now. ${keep}.`, 'Show all its runs', () =>
    router.go('runs', [], { filter }),
  );
}

export class ModelDocument {
  graph = $state.raw<ModelGraph>(emptyGraph(NEW_NAME));
  /** The user's model it was opened from or saved as; null for one never saved. */
  saved = $state.raw<string | null>(null);
  /** Counts the models shown, so that the canvas knows when it shows another one. */
  shown = $state.raw(0);
  #history = $state.raw(emptyHistory);
  #restored = false;
  /** When the model it was opened from was saved last, as far as this window knows. */
  #savedAt: number | null = null;

  readonly view = $derived(viewOf(this.graph, purpose.current, purpose.batches));
  readonly undoLabel = $derived(this.#history.done.at(-1)?.label ?? null);
  readonly redoLabel = $derived(this.#history.undone.at(-1)?.label ?? null);
  /** The model as it is saved, or the built-in one this began from. */
  readonly #base = $derived(models.find(this.saved ?? this.graph.name)?.graph ?? null);
  /** Whether there is something a revision would keep. */
  readonly changed = $derived(
    this.graph.nodes.length > 0 &&
      (this.#base === null || this.#base.name !== this.graph.name || !sameModel(this.#base, this.graph)),
  );

  /** Takes up the draft that was worked on last. */
  async restore(): Promise<void> {
    if (this.#restored) return;
    this.#restored = true;
    const last = await latestDraft();
    if (last !== null && this.graph.nodes.length === 0 && this.shown === 0) await this.openDraft(last);
  }

  /** Every edit goes through here: one step of the history, and the draft is kept. */
  edit(label: string, change: (graph: ModelGraph) => ModelGraph, together: string | null = null): void {
    const before = this.graph;
    const after = change(before);
    if (after === before) return;
    this.#history = recordEdit(this.#history, before, after, label, together);
    this.graph = after;
    this.#keep();
  }

  seal = (): void => void (this.#history = seal(this.#history));

  undo(): void {
    this.#travel(undo(this.#history, this.graph));
  }

  redo(): void {
    this.#travel(redo(this.#history, this.graph));
  }

  renameModel(name: string): void {
    this.edit('Rename the model', (graph) => ({ ...graph, name }), 'name');
  }

  /** Begins a model never saved, from a graph or with nothing; what was there stays a draft. */
  async begin(graph = emptyGraph(NEW_NAME)): Promise<void> {
    this.#restored = true;
    await draft.begin();
    this.#history = emptyHistory;
    this.#show(graph, null);
    if (graph.nodes.length > 0) this.#keep();
  }

  /** Opens a model of the user's own as it was left, edits and all; a built-in one or a template is begun from. */
  async open(entry: ModelEntry): Promise<void> {
    this.#restored = true;
    if (entry.builtIn || entry.template) return this.begin(entry.graph);
    const kept = await draftOf(entry.name);
    if (kept !== null) return this.openDraft(kept);
    await draft.begin();
    this.#history = emptyHistory;
    this.#show(entry.graph, entry.name);
  }

  async openDraft(kept: Draft): Promise<void> {
    this.#restored = true;
    this.#history = await draft.resume(kept);
    this.#show(kept.graph, kept.model);
  }

  /** The title where it is a name to save under as it stands: one that was given, and that no model has. */
  get freeTitle(): string | null {
    const title = this.graph.name.trim();
    return title === NEW_NAME || title === '' || models.find(title) !== undefined ? null : title;
  }

  /**
   * Saves the model it was opened from, under the title; another title renames it, revisions and all. Answers the name.
   * @throws UnrollError `name-taken`; `draft-changed` where another window has saved or edited it since, and nothing is saved
   */
  async save(): Promise<string> {
    const before = this.saved;
    const name = this.graph.name.trim();
    await draft.flush();
    const stored = before === null ? undefined : models.find(before);
    if (draft.overtaken || (stored !== undefined && stored.updatedAt !== this.#savedAt))
      throw new UnrollError('draft-changed', { name: before });
    if (before !== null && before !== name) await this.renameSaved(before, name);
    this.#markSaved(await models.save(name, { ...this.graph, name }));
    return name;
  }

  /** Saves under a name that is free. Where another window has the draft, it stays that window's. */
  async saveAs(name: string): Promise<void> {
    const saved = await models.save(name, { ...this.graph, name });
    if (draft.overtaken) await draft.begin();
    this.#markSaved(saved);
  }

  /** Shows the draft as another window has left it. */
  async follow(): Promise<void> {
    await this.openDraft(await client.call('drafts.show', { id: draft.id }));
  }

  /** The model is saved under its name; the draft goes on as that model's. */
  #markSaved(entry: ModelEntry): void {
    this.saved = entry.name;
    this.#savedAt = entry.updatedAt;
    this.graph = entry.graph;
    this.#keep();
  }

  /** Gives a saved model another name, also where it is the one being edited. Its runs are told to keep the one before. */
  async renameSaved(name: string, to: string): Promise<void> {
    const edited = this.saved === name;
    if (edited) await draft.flush();
    const renamed = await client.call('models.rename', { name, to });
    if (edited) this.#markSaved({ ...renamed, graph: { ...this.graph, name: to } });
    tellOfRuns(name, to);
  }

  /** Makes an earlier revision the present state, as one step that can be undone. */
  takeRevision(graph: ModelGraph, revision: number): void {
    this.edit(`Restore revision ${revision}`, (now) => ({ ...graph, name: now.name }));
  }

  /** Called when the model is another one, by an edit, by undo and redo, or because another model is shown. */
  protected onchange(_travelled: boolean): void {}

  #show(graph: ModelGraph, saved: string | null): void {
    this.graph = graph;
    this.saved = saved;
    this.#savedAt = models.find(saved ?? '')?.updatedAt ?? null;
    this.shown++;
    this.onchange(false);
  }

  #travel(travelled: Travelled | null): void {
    if (travelled === null) return;
    this.#history = travelled.history;
    this.graph = travelled.graph;
    this.#keep(true);
  }

  #keep(travelled = false): void {
    this.onchange(travelled);
    draft.note({ model: this.saved, graph: this.graph, history: this.#history });
  }
}
