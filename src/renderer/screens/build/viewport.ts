/** The part of the canvas in sight: a shift in pixels and a zoom, as xyflow counts them. */
import { CARD, type Places, type Point } from './card.ts';

export interface Viewport extends Point {
  zoom: number;
}

export interface Size {
  width: number;
  height: number;
}

/** A part of the canvas, in its own pixels. */
export interface Region {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** What is in sight. */
export function seenIn({ x, y, zoom }: Viewport, { width, height }: Size): Region {
  return { left: -x / zoom, top: -y / zoom, right: (width - x) / zoom, bottom: (height - y) / zoom };
}

/** The region all cards take, of which there is at least one. */
export function boundsOf(places: Iterable<Point>): Region {
  const bounds = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (const { x, y } of places) {
    bounds.left = Math.min(bounds.left, x);
    bounds.top = Math.min(bounds.top, y);
    bounds.right = Math.max(bounds.right, x + CARD.width);
    bounds.bottom = Math.max(bounds.bottom, y + CARD.height);
  }
  return bounds;
}

export const ZOOM = { min: 0.15, max: 2 };
const MARGIN = 40;
/** Left free below a whole model, for the canvas's tools. */
const FOOT = 56;
/** A model that is opened is shown no smaller than it can be read; a longer one from its top. */
const READABLE = 0.75;

export const clampZoom = (zoom: number): number => Math.min(ZOOM.max, Math.max(ZOOM.min, zoom));

/** The viewport that shows all cards given, no larger than they are. */
export function fit(places: Iterable<Point>, { width, height }: Size): Viewport {
  const all = [...places];
  if (all.length === 0) return { x: width / 2 - CARD.width / 2, y: MARGIN, zoom: 1 };
  const { left, top, right, bottom } = boundsOf(all);
  const zoom = clampZoom(
    Math.min(1, (width - 2 * MARGIN) / (right - left), (height - MARGIN - FOOT) / (bottom - top)),
  );
  return {
    zoom,
    x: width / 2 - (zoom * (left + right)) / 2,
    y: (height + MARGIN - FOOT) / 2 - (zoom * (top + bottom)) / 2,
  };
}

/** The viewport a model is first shown in: all of it where that can be read, else its upper part, as wide as it fits. */
export function begin(places: Iterable<Point>, size: Size): Viewport {
  const all = [...places];
  const whole = fit(all, size);
  if (whole.zoom >= READABLE || all.length === 0) return whole;
  const [first] = all.toSorted((a, b) => a.y - b.y) as [Point];
  const { left, right } = boundsOf(all);
  const fits = READABLE * (right - left) <= size.width - 2 * MARGIN;
  const middle = fits ? (left + right) / 2 : first.x + CARD.width / 2;
  return { zoom: READABLE, x: size.width / 2 - READABLE * middle, y: MARGIN / 2 - READABLE * first.y };
}

/** The same viewport, moved as little as is needed to show a card and the edges at it. */
export function reveal(place: Point, { width, height }: Size, { x, y, zoom }: Viewport): Viewport {
  const shift = (from: number, size: number, room: number): number => {
    if (from < MARGIN) return MARGIN - from;
    return from + size > room - MARGIN ? Math.max(room - MARGIN - from - size, MARGIN - from) : 0;
  };
  return {
    zoom,
    x: x + shift(place.x * zoom + x, CARD.width * zoom, width),
    y: y + shift(place.y * zoom + y, CARD.height * zoom, height),
  };
}

/** Zooms by a factor about the middle of the canvas. */
export function zoomBy(factor: number, { width, height }: Size, { x, y, zoom }: Viewport): Viewport {
  const to = clampZoom(zoom * factor);
  const about = (shift: number, middle: number): number => middle - ((middle - shift) * to) / zoom;
  return { zoom: to, x: about(x, width / 2), y: about(y, height / 2) };
}

/** A point of the window as one of the canvas whose upper left corner is at `corner`. */
export function toCanvas(point: Point, corner: Point, { x, y, zoom }: Viewport): Point {
  return { x: (point.x - corner.x - x) / zoom, y: (point.y - corner.y - y) / zoom };
}

/** What lies to the side is further away than it is; what lies more to the side than ahead is a last resort. */
const SIDEWAYS = 2.5;
const ASIDE = 10_000;
export type Direction = 'up' | 'down' | 'left' | 'right';
const AHEAD: Record<Direction, (by: Point) => [along: number, across: number]> = {
  up: ({ x, y }) => [-y, x],
  down: ({ x, y }) => [y, x],
  left: ({ x, y }) => [-x, y],
  right: ({ x, y }) => [x, y],
};

/** The card an arrow key leads to: the nearest one ahead, what lies to the side counting more. Null where there is none. */
export function neighbour(places: Places, from: string, direction: Direction): string | null {
  const start = places.get(from);
  if (start === undefined) return null;
  let nearest: { id: string; distance: number } | null = null;
  for (const [id, { x, y }] of places) {
    const [along, across] = AHEAD[direction]({ x: x - start.x, y: y - start.y });
    if (id === from || along <= 0) continue;
    const distance = along + SIDEWAYS * Math.abs(across) + (Math.abs(across) > along ? ASIDE : 0);
    if (nearest === null || distance < nearest.distance) nearest = { id, distance };
  }
  return nearest?.id ?? null;
}
