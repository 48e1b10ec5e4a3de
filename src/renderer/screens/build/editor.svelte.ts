/** The model being edited, what of it is selected, and every edit of its layers. */
import {
  copyLayers,
  pasteLayers,
  readCopiedLayers,
  type CopiedLayers,
} from '../../../shared/graph/clipboard.ts';
import { connect, disconnect, reconnect, type Connection } from '../../../shared/graph/connect.ts';
import { configure, duplicateNode, newNode, removeNodes } from '../../../shared/graph/edit.ts';
import type { ModelGraph } from '../../../shared/graph/graph.ts';
import type { Repair } from '../../../shared/graph/problem.ts';
import { nodesById } from '../../../shared/graph/order.ts';
import { client } from '../../client/client.ts';
import { notify } from '../../state/notices.ts';
import { ModelDocument } from './document.svelte.ts';
import { appendLayer, insertBefore, moveInChain, readInstead, renameLayer } from './edits.ts';
import { land, type Landing } from './drop.ts';
import { attach, type LooseEnd } from './loose.ts';
import type { Places, Point } from './card.ts';
import { arranged, makeRoom, place, placesOf, structureOf } from './layout.ts';

/** How far a copy stands from what was copied. */
const PASTE_OFFSET = { x: 32, y: 32 };

/** Whether this is what `model.to_json()` gives. */
function holdsKerasModel(text: string): boolean {
  try {
    const content: unknown = JSON.parse(text);
    return typeof content === 'object' && content !== null && 'class_name' in content;
  } catch {
    return false;
  }
}

/** Where the palette inserts by key: behind a layer or in front of it. */
export interface Gap {
  id: string;
  side: 'before' | 'after';
}

class Editor extends ModelDocument {
  /** The layers selected; the last one is the one whose settings are shown first and from which keys move. */
  selection = $state.raw<readonly string[]>([]);
  connection = $state.raw<Connection | null>(null);
  gap = $state.raw<Gap | null>(null);
  /** The layer that was last led to, so that the canvas brings it into sight. */
  led = $state.raw<{ to: string } | null>(null);
  #lastShown = 0;
  #places: { structure: string; places: Places } = { structure: '', places: new Map() };

  readonly places = $derived(this.#placed(this.graph));
  readonly selected = $derived(this.selection.at(-1) ?? null);
  readonly node = $derived(this.graph.nodes.find(({ id }) => id === this.selected) ?? null);

  select(ids: readonly string[]): void {
    const kept = this.selection.filter((id) => ids.includes(id));
    this.selection = [...kept, ...ids.filter((id) => !kept.includes(id))];
    if (ids.length > 0) this.connection = null;
    this.gap = null;
  }

  /** Selects layers wherever they are and brings the first of them into sight. */
  lead(...ids: readonly string[]): void {
    this.select(ids);
    if (ids[0] !== undefined) this.led = { to: ids[0] };
  }

  /** Chooses a connection in place of layers, or none. */
  choose(connection: Connection | null): void {
    if (connection !== null) this.select([]);
    this.connection = connection;
  }

  selectAll(): void {
    this.select(this.graph.nodes.map(({ id }) => id));
  }

  /** Inserts where a gap was chosen, else behind the selected layer, else at the end. */
  insert(type: string): void {
    const { gap } = this;
    const after = gap?.id ?? this.selected;
    this.#add(type, (graph) => {
      const node = newNode(graph, type);
      if (gap?.side === 'before') return makeRoom(insertBefore(graph, node, gap.id), node.id);
      return makeRoom(appendLayer(graph, node, after), node.id);
    });
  }

  /** Puts a new layer where it was dropped. */
  drop(type: string, landing: Landing): void {
    this.#add(type, (graph) => land(graph, newNode(graph, type), landing));
  }

  /** Puts a new layer at the loose end of a connection, and connects it. */
  attach(type: string, end: LooseEnd): void {
    this.#add(type, (graph) => attach(graph, newNode(graph, type), end));
  }

  #add(type: string, change: (graph: ModelGraph) => ModelGraph): void {
    this.#editAndSelectNew(`Add ${type}`, change);
  }

  #editAndSelectNew(label: string, change: (graph: ModelGraph) => ModelGraph): void {
    const known = new Set(this.graph.nodes.map(({ id }) => id));
    this.edit(label, change);
    const added = this.graph.nodes.map(({ id }) => id).filter((id) => !known.has(id));
    if (added.length > 0) this.lead(...added);
  }

  /** One place earlier (-1) or later (1) in its chain. */
  shift(id: string, by: -1 | 1): void {
    this.edit(`Move ${id}`, (graph) => moveInChain(graph, id, by));
  }

  remove(ids: readonly string[]): void {
    const [first] = ids;
    if (first === undefined) return;
    const near = this.#beside(ids);
    this.edit(ids.length === 1 ? `Delete ${first}` : `Delete ${ids.length} layers`, (graph) =>
      removeNodes(graph, ids),
    );
    this.select(near === null ? [] : [near]);
  }

  /** The layer to go on from when these are gone: what the first of them read, else any other. */
  #beside(ids: readonly string[]): string | null {
    const rest = this.graph.nodes.filter(({ id }) => !ids.includes(id));
    const read = this.graph.nodes.find(({ id }) => id === ids[0])?.inputs.find((id) => !ids.includes(id));
    return read ?? rest[0]?.id ?? null;
  }

  duplicate(ids: readonly string[]): void {
    const [only, second] = ids;
    if (only === undefined) return;
    if (second !== undefined) return this.paste(copyLayers(this.graph, ids), 'Duplicate');
    this.#editAndSelectNew(`Duplicate ${only}`, (graph) => duplicateNode(graph, only));
  }

  /** The selected layers as the text the clipboard takes; null when none is selected. */
  copied(): string | null {
    return this.selection.length === 0
      ? null
      : JSON.stringify(copyLayers(this.graph, this.selection), null, 2);
  }

  /** Pastes layers that were copied, or those of a model's text, of Keras too. @throws UnrollError where it holds none */
  async pasteText(text: string): Promise<void> {
    if (!holdsKerasModel(text)) return this.paste(readCopiedLayers(text));
    const { graph, notes } = await client.call('models.read', { text });
    this.paste(copyLayers(graph, [...nodesById(graph).keys()]));
    if (notes.length > 0) notify(notes.join(' '));
  }

  paste(copied: CopiedLayers, verb = 'Paste'): void {
    const { length } = copied.nodes;
    this.#editAndSelectNew(`${verb} ${length === 1 ? copied.nodes[0]!.id : `${length} layers`}`, (graph) => {
      const { graph: pasted } = pasteLayers(graph, copied, { offset: PASTE_OFFSET, after: this.selected });
      return pasted;
    });
  }

  /** @throws UnrollError of the catalogue where the name is taken or not one Keras takes */
  renameLayer(id: string, name: string): void {
    const renamed = renameLayer(this.graph, id, name);
    // Selected by its new name before the edit, it is there all along, and no other layer is chosen in its place.
    this.selection = this.selection.map((one) => (one === id ? name : one));
    this.edit(`Rename ${id}`, () => renamed);
  }

  connect(from: string, to: string): void {
    this.edit(`Connect ${from} to ${to}`, (graph) => makeRoom(connect(graph, from, to), to));
  }

  disconnect(connection: Connection): void {
    this.edit(`Disconnect ${connection.to} from ${connection.from}`, (graph) =>
      disconnect(graph, connection),
    );
    this.connection = null;
  }

  reconnect(connection: Connection, from: string, to: string): void {
    this.edit(`Reconnect ${connection.to}`, (graph) => reconnect(graph, connection, from, to));
    this.connection = null;
  }

  /** Chooses what one input of a layer reads. */
  readInstead(to: string, slot: number, from: string): void {
    this.edit(`Connect ${to}`, (graph) => readInstead(graph, to, slot, from));
  }

  /** Changes settings of layers that have them; `undefined` gives one back to its default. */
  configure(ids: readonly string[], changes: Readonly<Record<string, unknown>>): void {
    const keys = Object.keys(changes).join(' and ');
    const whose = ids.length === 1 ? ids[0]! : `${ids.length} layers`;
    this.edit(
      `Change ${keys} of ${whose}`,
      (graph) => configure(graph, ids, changes),
      `${ids.join()} ${keys}`,
    );
  }

  /** One click mends a problem; it is an edit like any other. */
  repair({ label, change }: Repair): void {
    this.edit(label, change);
  }

  /** Moves cards; `together` joins the steps of one key held down. */
  place(moved: Places, together: string | null = null): void {
    const ids = [...moved.keys()];
    this.edit(
      ids.length === 1 ? `Move ${ids[0]}` : `Move ${ids.length} layers`,
      (graph) => place(graph, moved),
      together,
    );
  }

  arrange(): void {
    this.edit('Arrange the model', arranged);
  }

  /** Places follow from the connections alone: a typed number moves nothing and costs nothing. */
  #placed(graph: ModelGraph): Places {
    const structure = structureOf(graph);
    if (structure !== this.#places.structure) this.#places = { structure, places: placesOf(graph) };
    return this.#places.places;
  }

  /**
   * Another model is shown with its first layer selected. By undo and redo, layers that come back are selected; of a selection
   * that goes, what was nearest, so that a hand on the keyboard keeps its place.
   */
  protected override onchange(travelled: boolean): void {
    this.connection = null;
    const there = this.graph.nodes.map(({ id }) => id);
    const before = this.#places.places;
    const back = travelled ? there.filter((id) => !before.has(id)) : [];
    const left = this.selection.filter((id) => there.includes(id));
    if (this.#lastShown !== this.shown) this.select(there.slice(0, 1));
    else if (back.length > 0) this.lead(...back);
    else if (left.length > 0 && left.length < this.selection.length) this.select(left);
    else if (left.length === 0 && this.selected !== null) this.lead(...nearest(before, this.selected, there));
    this.#lastShown = this.shown;
  }
}

/** Of the layers that are there, the one whose card was nearest to another's; the one above of two as near. */
function nearest(places: Places, id: string, there: readonly string[]): string[] {
  const from = places.get(id);
  if (from === undefined) return [];
  const far = ([, { x, y }]: [string, Point]): number => Math.hypot(x - from.x, y - from.y);
  const others = [...places].filter(([other]) => there.includes(other));
  const [found] = others.toSorted((one, other) => far(one) - far(other) || one[1].y - other[1].y);
  return found === undefined ? [] : [found[0]];
}

export const editor = new Editor();
