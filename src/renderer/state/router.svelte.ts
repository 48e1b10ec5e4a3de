/** The place the user is at, following the address and changing it. */
import { href, parsePlace, type Place, type Query } from './place.ts';

export { href } from './place.ts';

class Router {
  place = $state.raw<Place>(parsePlace(window.location.hash));

  constructor() {
    window.addEventListener('hashchange', () => (this.place = parsePlace(window.location.hash)));
  }

  go(screen: string, path: readonly string[] = [], query: Query = {}): void {
    window.location.hash = href(screen, path, query);
  }

  /** Changes some of the query on the same screen. Typing in a filter replaces the entry, so that back leaves the screen. */
  setQuery(changes: Query, { replace = true } = {}): void {
    const { screen, path, query } = this.place;
    const address = href(screen, path, { ...query, ...changes });
    if (address === window.location.hash) return;
    if (!replace) {
      window.location.hash = address;
      return;
    }
    window.history.replaceState(null, '', address);
    this.place = parsePlace(address);
  }

  back(): void {
    window.history.back();
  }
}

export const router = new Router();
