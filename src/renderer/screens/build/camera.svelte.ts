/** What part of the model is in sight, and how it is moved there. */
import { settings } from '../../state/settings.svelte.ts';
import { editor } from './editor.svelte.ts';
import type { Point } from './card.ts';
import { sameRegion, sightOf } from './sight.ts';
import { begin, fit, reveal, toCanvas, zoomBy, type Region, type Size, type Viewport } from './viewport.ts';

const STEP = 1.25;
/** Cards further away than this are drawn as blocks with a name. */
const FAR = 0.55;
const SNAP_PX = 16;

class Camera {
  viewport = $state.raw<Viewport>({ x: 0, y: 0, zoom: 1 });
  size = $state.raw<Size>({ width: 0, height: 0 });
  #sight: Region = { left: 0, top: 0, right: 0, bottom: 0 };
  /** The part of the canvas that is drawn; the same object as long as it is the same. */
  readonly sight = $derived.by(() => {
    const sight = sightOf(this.viewport, this.size);
    if (!sameRegion(this.#sight, sight)) this.#sight = sight;
    return this.#sight;
  });
  readonly far = $derived(this.viewport.zoom < FAR);
  readonly percent = $derived(Math.round(this.viewport.zoom * 100));
  readonly snaps = $derived(settings.get('build.snap') !== false);
  readonly showsMap = $derived(settings.get('build.minimap') !== false);
  readonly grid: [number, number] = [SNAP_PX, SNAP_PX];

  begin = (): void => void (this.viewport = begin(editor.places.values(), this.size));

  fitAll = (): void => void (this.viewport = fit(editor.places.values(), this.size));

  zoom = (factor: number): void => void (this.viewport = zoomBy(factor, this.size, this.viewport));

  zoomIn = (): void => this.zoom(STEP);

  zoomOut = (): void => this.zoom(1 / STEP);

  actualSize = (): void => this.zoom(1 / this.viewport.zoom);

  /** Moves the canvas as little as is needed to show a card. */
  reveal(id: string): void {
    const place = editor.places.get(id);
    if (place !== undefined && this.size.width > 0) this.viewport = reveal(place, this.size, this.viewport);
  }

  /** Moves the canvas so that one point of it stands in the middle. */
  centre(point: Point): void {
    this.put(point, { x: this.size.width / 2, y: this.size.height / 2 }, { x: 0, y: 0 });
  }

  /** Moves the canvas so that one point of it stands at a point of the window. */
  put(point: Point, at: Point, corner: Point): void {
    const { zoom } = this.viewport;
    this.viewport = { zoom, x: at.x - corner.x - point.x * zoom, y: at.y - corner.y - point.y * zoom };
  }

  /** A point of the window, on the canvas whose upper left corner is given. */
  toCanvas(at: Point, corner: Point): Point {
    return toCanvas(at, corner, this.viewport);
  }

  toggleSnap = (): void => void settings.set('build.snap', !this.snaps);
  toggleMap = (): void => void settings.set('build.minimap', !this.showsMap);
}

export const camera = new Camera();
