/** Drawing and moving connections with the pointer: what xyflow may make of a line, and what becomes of it. */
import type { Connection as FlowConnection, OnConnectEnd } from '@xyflow/svelte';
import { connectionRefusal, type Connection } from '../../../shared/graph/connect.ts';
import { notify } from '../../state/notices.ts';
import { editor } from './editor.svelte.ts';
import { flow, type ShapeFlowEdge } from './flow.svelte.ts';
import type { Point } from './card.ts';
import { looseRefusal } from './loose.ts';

class Connecting {
  /** The connection one end of which is being moved. */
  moving = $state.raw<Connection | null>(null);
  /** The connection that was let go over the empty canvas, and where in the window; a layer is being chosen for it. */
  loose = $state.raw<{ id: string; side: 'source' | 'target'; point: Point } | null>(null);
}
export const connecting = new Connecting();

/** A line shorter than this was not meant. */
const SHORTEST_PX = 24;

/** Whether nothing but the canvas itself is at a point of the window. */
const isOpen = ({ x, y }: Point): boolean =>
  document.elementFromPoint(x, y)?.classList.contains('svelte-flow__pane') === true;

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
  onconnectstart: (_event: unknown, { nodeId }: { nodeId: string | null }) => {
    flow.held = nodeId === null ? [] : [nodeId];
  },
  onconnectend: ((event, { fromHandle, toHandle, from, to }) => {
    flow.held = [];
    if (connecting.moving !== null || !fromHandle || toHandle || !from || !to) return;
    const { clientX: x, clientY: y } = 'changedTouches' in event ? event.changedTouches[0]! : event;
    const { nodeId: id, type: side } = fromHandle;
    if (Math.hypot(to.x - from.x, to.y - from.y) < SHORTEST_PX || !isOpen({ x, y })) return;
    const refused = looseRefusal(editor.graph, { id, side });
    if (refused !== null) notify(refused);
    else connecting.loose = { id, side, point: { x, y } };
  }) satisfies OnConnectEnd,
  onreconnectstart: (_event: unknown, edge: ShapeFlowEdge) => {
    connecting.moving = edge.data?.connection ?? null;
    flow.held = [edge.source, edge.target];
  },
  onbeforereconnect: (to: ShapeFlowEdge, edge: ShapeFlowEdge) => {
    const moved = edge.data?.connection;
    if (moved !== undefined) editor.reconnect(moved, to.source, to.target);
    return false as const;
  },
  onreconnectend: () => {
    connecting.moving = null;
    flow.held = [];
  },
};
