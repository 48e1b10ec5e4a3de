/** The place the user is at, following the address and changing it. */
import { href, parsePlace, type Place, type Query } from './place.ts';

export { href } from './place.ts';

class Router {
  place = $state.raw<Place>(parsePlace(window.location.hash));
  #address = window.location.hash;

  constructor() {
    window.addEventListener('hashchange', () => this.#arrive(window.location.hash));
  }

  /** The place is the new one at once: a key pressed right after a click must not meet the old one. */
  #arrive(address: string): void {
    if (address === this.#address) return;
    this.#address = address;
    this.place = parsePlace(address);
  }

  go(screen: string, path: readonly string[] = [], query: Query = {}): void {
    window.location.hash = href(screen, path, query);
    this.#arrive(window.location.hash);
  }

  /** Changes some of the query on the same screen. Typing in a filter replaces the entry, so that back leaves the screen. */
  setQuery(changes: Query, { replace = true } = {}): void {
    const { screen, path, query } = this.place;
    const address = href(screen, path, { ...query, ...changes });
    if (address === window.location.hash) return;
    if (!replace) {
      window.location.hash = address;
    } else window.history.replaceState(null, '', address);
    this.#arrive(window.location.hash);
  }

  back(): void {
    window.history.back();
  }
}

export const router = new Router();
