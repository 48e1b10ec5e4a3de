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

export type Query = Readonly<Record<string, string | null | undefined>>;

/** The place a hash names; an empty one is the start. */
export function parsePlace(hash: string): Place {
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
