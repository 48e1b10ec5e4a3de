/** Connecting two layers by keyboard: from the layer it began at to a candidate the arrow keys choose. */
import { connectionRefusal } from '../../../shared/graph/connect.ts';
import { editor } from './editor.svelte.ts';
import { neighbour, type Direction } from './viewport.ts';

class Linking {
  from = $state.raw<string | null>(null);
  to = $state.raw<string | null>(null);
  /** Why the candidate cannot read the layer it began at; null where it can, or where there is none yet. */
  readonly refusal = $derived(
    this.from === null || this.to === null ? null : connectionRefusal(editor.graph, this.from, this.to),
  );

  /** Begins at a layer; the first candidate is the nearest layer that can read it. */
  begin(from: string): void {
    this.from = from;
    const able = editor.graph.nodes.find(({ id }) => connectionRefusal(editor.graph, from, id) === null);
    this.to = able?.id ?? neighbour(editor.places, from, 'down') ?? neighbour(editor.places, from, 'up');
  }

  move(direction: Direction): void {
    const start = this.to ?? this.from;
    if (start === null) return;
    const others = new Map([...editor.places].filter(([id]) => id !== this.from || id === start));
    const next = neighbour(others, start, direction);
    if (next !== null) this.to = next;
  }

  /** Connects unless that is refused; answers why not. */
  finish(): string | null {
    const { from, to, refusal } = this;
    if (refusal !== null) return refusal;
    this.cancel();
    if (from !== null && to !== null) {
      editor.connect(from, to);
      editor.select([to]);
    }
    return null;
  }

  cancel(): void {
    this.from = null;
    this.to = null;
  }
}

export const linking = new Linking();
