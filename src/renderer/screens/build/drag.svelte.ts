/**
 * Dragging a layer, from the palette or within the stack: one small state from the first press to the drop.
 * The stack marks its gaps with `data-gap`; the nearest one to the pointer lights up and takes the layer.
 */
import type { LayerFamily } from '../../../shared/layers/layer.ts';

export interface Dragged {
  /** A layer of the palette has a type, a node of the stack its id. */
  kind: 'palette' | 'node';
  key: string;
  title: string;
  family: LayerFamily;
}

/** A press that moves less is a click. */
const THRESHOLD_PX = 4;
/** How far outside the stack a drop still counts. */
const MARGIN_PX = 24;

class Drag {
  dragged = $state.raw<Dragged | null>(null);
  x = $state(0);
  y = $state(0);
  /** Where the layer would go: before the node of this place; null outside the stack. */
  gap = $state.raw<number | null>(null);
  #stack: HTMLElement | null = null;

  /** The element that holds the gaps, while it is shown. */
  attach = (stack: HTMLElement): (() => void) => {
    this.#stack = stack;
    return () => (this.#stack = null);
  };

  /** Begins with a press; `drop` hears the gap unless the drag was cancelled or ended elsewhere. */
  press(event: PointerEvent, dragged: Dragged, drop: (gap: number) => void): void {
    if (event.button !== 0) return;
    const start = { x: event.clientX, y: event.clientY };
    const stop = new AbortController();
    const { signal } = stop;
    const move = (moved: PointerEvent) => {
      if (
        this.dragged === null &&
        Math.hypot(moved.clientX - start.x, moved.clientY - start.y) < THRESHOLD_PX
      )
        return;
      this.dragged = dragged;
      this.x = moved.clientX;
      this.y = moved.clientY;
      this.gap = this.#gapAt(moved.clientX, moved.clientY);
    };
    const end = (dropped: boolean) => {
      const { gap } = this;
      const wasDragging = this.dragged !== null;
      stop.abort();
      this.dragged = null;
      this.gap = null;
      if (!wasDragging) return;
      swallowClick();
      if (dropped && gap !== null) drop(gap);
    };
    window.addEventListener('pointermove', move, { signal });
    window.addEventListener('pointerup', () => end(true), { signal });
    window.addEventListener('pointercancel', () => end(false), { signal });
    window.addEventListener('blur', () => end(false), { signal });
    window.addEventListener('keydown', (pressed) => pressed.key === 'Escape' && end(false), { signal });
  }

  #gapAt(x: number, y: number): number | null {
    const box = this.#stack?.getBoundingClientRect();
    if (!box || x < box.left - MARGIN_PX || x > box.right + MARGIN_PX || y < box.top || y > box.bottom)
      return null;
    let nearest: { gap: number; distance: number } | null = null;
    for (const element of this.#stack?.querySelectorAll<HTMLElement>('[data-gap]') ?? []) {
      const { top, bottom } = element.getBoundingClientRect();
      const distance = Math.abs((top + bottom) / 2 - y);
      if (nearest === null || distance < nearest.distance)
        nearest = { gap: Number(element.dataset['gap']), distance };
    }
    return nearest?.gap ?? null;
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
