/** What is odd about the steps of series: one that stands twice, or one that is left out. */

type Rows = readonly { at: number }[];

/** Above this share of equal distances between steps, a longer one is a step left out. */
const REGULAR = 0.9;

/** @param series the rows of each by its name, in the order of their steps */
export function stepDoubts(series: ReadonlyMap<string, Rows>): string[] {
  const distances = [...series.values()].flatMap((rows) => distancesOf(rows).filter((by) => by > 0));
  const usual = distances.reduce((least, by) => Math.min(least, by), Infinity);
  const even = distances.filter((by) => by === usual).length / distances.length >= REGULAR;
  return [
    ...tell(series, (by) => by === 0, 'a step twice', 'both rows were kept, one after the other'),
    ...(even ? tell(series, (by) => by > usual, 'steps left out', 'the others follow one another') : []),
  ];
}

function distancesOf(rows: Rows): number[] {
  return rows.slice(1).map(({ at }, index) => at - (rows[index]?.at ?? at));
}

function tell(
  series: ReadonlyMap<string, Rows>,
  odd: (by: number) => boolean,
  what: string,
  done: string,
): string[] {
  const found = [...series].flatMap(([name, rows]) => {
    const place = distancesOf(rows).findIndex(odd);
    return place < 0 ? [] : [{ name, after: rows[place]?.at }];
  });
  const [first] = found;
  if (first === undefined) return [];
  const many = found.length === 1 ? 'One series has' : `${found.length} series have`;
  return [`${many} ${what} (${first.name} at step ${first.after}); ${done}.`];
}
