/** Dragging a layer out of the palette: one small state from the first press to the drop. */
import type { LayerFamily } from '../../../shared/layers/layer.ts';
import type { DropTarget, Landing } from './drop.ts';
import type { Point } from './card.ts';

export interface Dragged {
  type: string;
  family: LayerFamily;
}

/** What takes layers that are dropped: the canvas, while it is shown. */
interface Ground {
  /** Where a layer of the type would land at a point of the window; null outside the canvas. */
  locate(type: string, point: Point): DropTarget | null;
  drop(type: string, landing: Landing, point: Point): void;
}

/** A press that moves less is a click. */
const THRESHOLD_PX = 4;

class Drag {
  dragged = $state.raw<Dragged | null>(null);
  at = $state.raw<Point>({ x: 0, y: 0 });
  target = $state.raw<DropTarget | null>(null);
  #ground: Ground | null = null;

  /** Drops land here until the function answered is called. */
  attach(ground: Ground): () => void {
    this.#ground = ground;
    return () => (this.#ground = null);
  }

  /** Begins with a press. `refused` hears why a drop came to nothing. */
  press(event: PointerEvent, dragged: Dragged, refused: (why: string) => void): void {
    if (event.button !== 0) return;
    const start = { x: event.clientX, y: event.clientY };
    const stop = new AbortController();
    const { signal } = stop;
    const move = (moved: PointerEvent) => {
      const at = { x: moved.clientX, y: moved.clientY };
      if (this.dragged === null && Math.hypot(at.x - start.x, at.y - start.y) < THRESHOLD_PX) return;
      this.dragged = dragged;
      this.at = at;
      this.target = this.#ground?.locate(dragged.type, at) ?? null;
    };
    const end = (dropped: boolean) => {
      const { target, at } = this;
      const wasDragging = this.dragged !== null;
      stop.abort();
      this.dragged = null;
      this.target = null;
      if (!wasDragging) return;
      swallowClick();
      if (!dropped || target === null) return;
      if (target.refused) refused(target.words);
      else this.#ground?.drop(dragged.type, target.landing, at);
    };
    window.addEventListener('pointermove', move, { signal });
    window.addEventListener('pointerup', () => end(true), { signal });
    window.addEventListener('pointercancel', () => end(false), { signal });
    window.addEventListener('blur', () => end(false), { signal });
    window.addEventListener('keydown', (pressed) => pressed.key === 'Escape' && end(false), { signal });
  }
}

/** The click that follows a drag is the drag's end, not a choice. */
function swallowClick(): void {
  const swallow = (event: MouseEvent) => {
    event.stopPropagation();
    event.preventDefault();
  };
  window.addEventListener('click', swallow, { capture: true, once: true });
  setTimeout(() => window.removeEventListener('click', swallow, { capture: true }));
}

export const drag = new Drag();
