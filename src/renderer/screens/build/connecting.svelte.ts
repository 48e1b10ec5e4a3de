/** Drawing and moving connections with the pointer: what xyflow may make of a line, and what becomes of it. */
import type { Connection as FlowConnection } from '@xyflow/svelte';
import { connectionRefusal, type Connection } from '../../../shared/graph/connect.ts';
import { editor } from './editor.svelte.ts';
import type { ShapeFlowEdge } from './flow.svelte.ts';

class Connecting {
  /** The connection one end of which is being moved. */
  moving = $state.raw<Connection | null>(null);
}
const connecting = new Connecting();

/** Why `to` cannot read `from`, counting a connection that is being moved as gone. */
export const refusal = (from: string, to: string): string | null =>
  connectionRefusal(editor.graph, from, to, connecting.moving);

/** What the canvas hands to xyflow: it draws no edge itself; the model is edited and the edges follow. */
export const connectionEvents = {
  isValidConnection: ({ source, target }: FlowConnection | ShapeFlowEdge) => refusal(source, target) === null,
  onbeforeconnect: ({ source, target }: FlowConnection) => {
    editor.connect(source, target);
    return false as const;
  },
  onreconnectstart: (_event: unknown, edge: ShapeFlowEdge) => {
    connecting.moving = edge.data?.view ?? null;
  },
  onbeforereconnect: (to: ShapeFlowEdge, edge: ShapeFlowEdge) => {
    const moved = edge.data?.view;
    if (moved !== undefined) editor.reconnect(moved, to.source, to.target);
    return false as const;
  },
  onreconnectend: () => {
    connecting.moving = null;
  },
};
