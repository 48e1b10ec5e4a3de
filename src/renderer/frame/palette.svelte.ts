/** Whether the command palette is open, and the commands screens add while they are shown. */
import { untrack } from 'svelte';
import type { Action } from '../components/menu.ts';
import type { KeyGroup } from './shortcuts.ts';

class Palette {
  open = $state(false);
  /** Whether the list of keyboard shortcuts is shown. */
  shortcuts = $state(false);
  #added = $state.raw<readonly (() => readonly Action[])[]>([]);
  readonly actions = $derived(this.#added.flatMap((give) => give()));

  /** The keys of the screen that is shown, beside those that work everywhere. */
  keys = $state.raw<(() => KeyGroup) | null>(null);

  show(): void {
    this.open = true;
  }

  /** Adds commands; the function returned takes them away. Call it in an effect of the screen. */
  offer(give: () => readonly Action[]): () => void {
    // An effect that offers must not depend on what is offered.
    this.#added = [...untrack(() => this.#added), give];
    return () => (this.#added = untrack(() => this.#added).filter((other) => other !== give));
  }
}

export const palette = new Palette();
