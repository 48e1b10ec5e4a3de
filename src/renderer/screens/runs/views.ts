/** Named views of the list, as the workspace's settings keep them. */
export interface View {
  name: string;
  /** What the address holds where the view is shown. */
  query: Readonly<Record<string, string>>;
}

const KEPT = ['q', 'filter', 'sort', 'group', 'archived'];

/** The view as the list shows it now. */
export function viewOf(
  name: string,
  query: Readonly<Record<string, string>>,
  columns: readonly string[],
): View {
  const kept = KEPT.flatMap((key) => (query[key] ? [[key, query[key]] as const] : []));
  return { name, query: { ...Object.fromEntries(kept), columns: columns.join(',') } };
}

/** The views in a stored value; what is not one is passed over. */
export function readViews(stored: unknown): View[] {
  if (!Array.isArray(stored)) return [];
  return stored.filter(
    (view): view is View =>
      typeof view === 'object' &&
      view !== null &&
      typeof (view as View).name === 'string' &&
      typeof (view as View).query === 'object' &&
      (view as View).query !== null &&
      Object.values((view as View).query).every((value) => typeof value === 'string'),
  );
}
