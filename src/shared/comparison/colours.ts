/** Colours of compared runs. */
const SERIES_COLOURS = 8;

/** Each run's own colour; where two chosen runs share one, the later takes the first that is free. */
export function distinctColours(
  ids: readonly string[],
  colourOf: (id: string) => number,
): ReadonlyMap<string, number> {
  const given = new Map<string, number>();
  for (const id of ids) {
    const taken = new Set(given.values());
    const own = colourOf(id);
    let colour = own;
    for (let candidate = 1; taken.has(colour) && candidate <= SERIES_COLOURS; candidate++) colour = candidate;
    given.set(id, colour);
  }
  return given;
}
