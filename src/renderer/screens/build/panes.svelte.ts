/** Which panes stand beside the canvas: remembered where there is room for them, one at a time over it where there is not. */
import { settings } from '../../state/settings.svelte.ts';

export type PaneName = 'side' | 'inspector' | 'texts';

/** Below this width of the screen panes lie over the canvas; above the other one, texts stand beside it. */
const NARROW_PX = 860;
const WIDE_PX = 1640;
/** Less height than this leaves no room for texts below the canvas. */
const LOW_PX = 420;

class Panes {
  width = $state(0);
  height = $state(0);
  /** The pane that lies over the canvas. */
  #over = $state.raw<PaneName | null>(null);
  readonly narrow = $derived(this.width > 0 && (this.width < NARROW_PX || this.height < LOW_PX));
  readonly wide = $derived(this.width >= WIDE_PX);

  shows(name: PaneName): boolean {
    return this.narrow ? this.#over === name : settings.get(`build.pane.${name}`) !== false;
  }

  toggle(name: PaneName): void {
    if (this.narrow) this.#over = this.#over === name ? null : name;
    else void settings.set(`build.pane.${name}`, !this.shows(name));
  }

  show(name: PaneName): void {
    if (!this.shows(name)) this.toggle(name);
  }

  /** Takes the pane that lies over the canvas away. */
  close(): void {
    this.#over = null;
  }
}

export const panes = new Panes();
