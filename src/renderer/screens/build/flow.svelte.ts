/**
 * The model as xyflow draws it, as far as it is in sight. The editor alone holds the model and what is selected; this derives
 * nodes and edges from it, and reads what the user did with them back as selection and, at the end of a drag, as one edit.
 */
import { Position, type Edge, type Node } from '@xyflow/svelte';
import type { Connection } from '../../../shared/graph/connect.ts';
import { camera } from './camera.svelte.ts';
import { editor } from './editor.svelte.ts';
import { CARD, type Point } from './card.ts';
import { linking } from './linking.svelte.ts';
import { drawnIn } from './sight.ts';
import type { NodeView } from './view.ts';

/** `first`: the card that takes the focus on the way into the canvas. What a card shows is in `flow.cards`. */
export type LayerFlowNode = Node<{ first: boolean; view: NodeView }, 'layer'>;
export type ShapeFlowEdge = Edge<{ connection: Connection }, 'shape'>;

/** A connection is known by what it connects and, where a layer reads another twice, by its slot. */
export const edgeId = ({ from, to, slot }: Connection): string => `${from} ${to} ${slot}`;

/** What is drawn for an input of a layer goes on when the input reads another layer, as behind one that is put between. */
const drawnId = ({ to, slot }: Connection): string => `${to} ${slot}`;

const PORT = 12;
const port = (type: 'source' | 'target') => ({
  type,
  position: type === 'source' ? Position.Bottom : Position.Top,
  x: (CARD.width - PORT) / 2,
  y: type === 'source' ? CARD.height - PORT / 2 : -PORT / 2,
  width: PORT,
  height: PORT,
});
const PORTS = { both: [port('target'), port('source')], source: [port('source')] };

class Flow {
  /** Cards in the middle of a gesture, and the one that has the focus: they are drawn wherever they are. */
  held = $state.raw<readonly string[]>([]);
  focused = $state.raw<string | null>(null);
  /** Where cards are while they are dragged. */
  #moving = $state.raw<ReadonlyMap<string, Point> | null>(null);
  /** What was handed out last: what is the same as then stays the same object, and whoever shows it is left alone. */
  #cards: ReadonlyMap<string, NodeView> = new Map();
  #nodes: ReadonlyMap<string, LayerFlowNode> = new Map();
  #edges: ReadonlyMap<string, ShapeFlowEdge> = new Map();
  #nodeList: LayerFlowNode[] = [];
  #edgeList: ShapeFlowEdge[] = [];

  readonly #drawn = $derived.by(() => {
    const kept = [...editor.selection, ...this.held, this.focused, linking.from, linking.to];
    return drawnIn(
      camera.sight,
      editor.places,
      editor.view.edges,
      kept.filter((id) => id !== null),
    );
  });

  readonly #views = $derived(editor.view.nodes.filter(({ id }) => this.#drawn.cards.has(id)));

  /** What each card drawn shows. xyflow is not told: an edit that moves nothing draws anew only the words that changed. */
  readonly cards = $derived.by(() => {
    const kept = (view: NodeView): NodeView => {
      const last = this.#cards.get(view.id);
      return last !== undefined && sameText(last, view) ? last : view;
    };
    this.#cards = new Map(this.#views.map((view) => [view.id, kept(view)]));
    return this.#cards;
  });

  readonly nodes = $derived.by(() => {
    const selected = new Set(editor.selection);
    // While a card has the focus it stays the one: taking that from it would have the page lay itself out in between.
    const { cards } = this.#drawn;
    const likely = [this.focused, editor.selected].find((id) => id !== null && cards.has(id));
    const first = likely ?? this.#views[0]?.id;
    const nodes = this.#views.map((view) => {
      const position = this.#moving?.get(view.id) ?? editor.places.get(view.id) ?? { x: 0, y: 0 };
      return this.#node({ view, first: view.id === first }, position, selected.has(view.id));
    });
    this.#nodes = new Map(nodes.map((node) => [node.id, node]));
    this.#nodeList = sameList(this.#nodeList, nodes);
    return this.#nodeList;
  });

  readonly edges = $derived.by(() => {
    const chosen = editor.connection === null ? null : edgeId(editor.connection);
    const edges = this.#drawn.edges.map((connection) =>
      this.#edge(connection, edgeId(connection) === chosen),
    );
    this.#edges = new Map(edges.map((edge) => [edge.id, edge]));
    this.#edgeList = sameList(this.#edgeList, edges);
    return this.#edgeList;
  });

  #node(data: LayerFlowNode['data'], position: Point, selected: boolean): LayerFlowNode {
    const { id, family, takesInputs } = data.view;
    const last = this.#nodes.get(id);
    const same =
      last !== undefined &&
      last.selected === selected &&
      last.data.first === data.first &&
      last.data.view.family === family &&
      last.data.view.takesInputs === takesInputs &&
      last.position.x === position.x &&
      last.position.y === position.y;
    if (same) return last;
    return {
      id,
      type: 'layer',
      position,
      data,
      selected,
      ...CARD,
      measured: CARD,
      handles: takesInputs ? PORTS.both : PORTS.source,
      // The card within is what takes focus and has a name.
      domAttributes: { 'aria-roledescription': undefined },
    };
  }

  #edge(connection: Connection, selected: boolean): ShapeFlowEdge {
    const id = drawnId(connection);
    const last = this.#edges.get(id);
    const { from, to } = connection;
    if (last !== undefined && last.selected === selected && last.source === from) return last;
    return {
      id,
      type: 'shape',
      source: from,
      target: to,
      data: { connection },
      selected,
      ariaLabel: `${from} to ${to}`,
    };
  }

  /** What xyflow made of the nodes: another selection, or places in the middle of a drag. */
  takeNodes(nodes: readonly LayerFlowNode[]): void {
    const selected = nodes.filter((node) => node.selected).map(({ id }) => id);
    if (selected.length !== editor.selection.length || selected.some((id) => !editor.selection.includes(id)))
      editor.select(selected);
    const moved = nodes.filter((node) => {
      const at = editor.places.get(node.id);
      return at !== undefined && (at.x !== node.position.x || at.y !== node.position.y);
    });
    if (moved.length > 0) this.#moving = new Map(moved.map(({ id, position }) => [id, position]));
  }

  /** The end of a drag: all that moved is one step. */
  settle(): void {
    const moved = this.#moving;
    this.#moving = null;
    if (moved !== null) editor.place(moved);
  }
}

/** Views are plain data made anew on every edit; repairs are told apart by their words. */
const sameText = (left: NodeView, right: NodeView): boolean => JSON.stringify(left) === JSON.stringify(right);

/** The last list where the new one holds the same objects. */
const sameList = <T>(last: T[], next: T[]): T[] =>
  last.length === next.length && next.every((one, i) => one === last[i]) ? last : next;

export const flow = new Flow();
