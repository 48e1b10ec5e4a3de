/**
 * Where the user is, kept in the address's hash, so that back, forward and links work:
 * `#/runs/ID?sort=val_acc` is the screen `runs`, the rest of the path, and the query.
 */
export interface Place {
  screen: string;
  /** Path parts after the screen, decoded. */
  path: readonly string[];
  query: Readonly<Record<string, string>>;
}

type Query = Readonly<Record<string, string | null | undefined>>;

function parse(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const [screen, ...rest] = path
    .split('/')
    .filter((part) => part !== '')
    .map(decodePart);
  return { screen: screen ?? 'start', path: rest, query: Object.fromEntries(new URLSearchParams(query)) };
}

/** A hand-written address may hold a lone `%`; it then stands for itself. */
function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The hash address of a place; values that are empty or null are left out. */
export function href(screen: string, path: readonly string[] = [], query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value) search.set(key, value);
  const text = search.toString();
  return `#/${[screen, ...path].map(encodeURIComponent).join('/')}${text === '' ? '' : `?${text}`}`;
}

class Router {
  place = $state.raw<Place>(parse(window.location.hash));

  constructor() {
    window.addEventListener('hashchange', () => (this.place = parse(window.location.hash)));
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
    this.place = parse(address);
  }

  back(): void {
    window.history.back();
  }
}

export const router = new Router();
