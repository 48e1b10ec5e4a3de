/** The x under the pointer, shared by the charts of one group. */
export class Hover {
  x = $state<number | null>(null);
}

const groups = new Map<string, Hover>();

/** The hover of a group by its name; charts without one have their own. */
export function hoverOf(group: string | undefined): Hover {
  if (group === undefined) return new Hover();
  const known = groups.get(group) ?? new Hover();
  groups.set(group, known);
  return known;
}
