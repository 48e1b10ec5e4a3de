/**
 * The model as xyflow draws it. The editor alone holds the model and what is selected; this derives nodes and edges from it,
 * and reads what the user did with them back as selection and, at the end of a drag, as one edit.
 */
import { Position, type Edge, type Node } from '@xyflow/svelte';
import type { Connection } from '../../../shared/graph/connect.ts';
import { editor } from './editor.svelte.ts';
import { CARD, type Point } from './layout.ts';
import type { EdgeView, NodeView } from './view.ts';

export type LayerFlowNode = Node<{ view: NodeView }, 'layer'>;
export type ShapeFlowEdge = Edge<{ view: EdgeView }, 'shape'>;

/** An edge is known by what it connects and, where a layer reads another twice, by its slot. */
export const edgeId = ({ from, to, slot }: Connection): string => `${from} ${to} ${slot}`;

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
  /** Where cards are while they are dragged. */
  #moving = $state.raw<ReadonlyMap<string, Point> | null>(null);
  /** Nodes of the last time: xyflow looks again only at those that are new objects. */
  #nodes = new Map<string, LayerFlowNode>();
  #edges = new Map<string, ShapeFlowEdge>();

  readonly nodes = $derived.by(() => {
    const selected = new Set(editor.selection);
    const nodes = editor.view.nodes.map((view) => {
      const position = this.#moving?.get(view.id) ?? editor.places.get(view.id) ?? { x: 0, y: 0 };
      return this.#node(view, position, selected.has(view.id));
    });
    this.#nodes = new Map(nodes.map((node) => [node.id, node]));
    return nodes;
  });

  readonly edges = $derived.by(() => {
    const chosen = editor.connection === null ? null : edgeId(editor.connection);
    const edges = editor.view.edges.map((view) => this.#edge(view, edgeId(view) === chosen));
    this.#edges = new Map(edges.map((edge) => [edge.id, edge]));
    return edges;
  });

  #node(view: NodeView, position: Point, selected: boolean): LayerFlowNode {
    const last = this.#nodes.get(view.id);
    const same =
      last !== undefined &&
      last.selected === selected &&
      last.position.x === position.x &&
      last.position.y === position.y &&
      sameText(last.data.view, view);
    if (same) return last;
    return {
      id: view.id,
      type: 'layer',
      position,
      data: { view },
      selected,
      ...CARD,
      measured: CARD,
      handles: view.takesInputs ? PORTS.both : PORTS.source,
      // The card within is what takes focus and has a name.
      domAttributes: { 'aria-roledescription': undefined },
    };
  }

  #edge(view: EdgeView, selected: boolean): ShapeFlowEdge {
    const id = edgeId(view);
    const last = this.#edges.get(id);
    if (last !== undefined && last.selected === selected && last.data?.view.shape === view.shape) return last;
    return {
      id,
      type: 'shape',
      source: view.from,
      target: view.to,
      data: { view },
      selected,
      ariaLabel: `${view.from} to ${view.to}${view.shape === null ? '' : `, ${view.shape}`}`,
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

export const flow = new Flow();
