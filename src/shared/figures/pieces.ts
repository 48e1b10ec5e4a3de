/** What of a line stands within a part of x: ended at its edges, so that neither lines nor the values they reach run over. */
import type { FigureLine, Place } from './figure.ts';
import type { Range } from './ticks.ts';

/** Where the way from one point to the next is at `x`, straight as it is drawn; NaN where the axis has no place for it. */
export function crossing(from: Place, to: Place, x: number, logarithmic: boolean): Place {
  const share = (x - from.x) / (to.x - from.x);
  if (!logarithmic) return { x, y: from.y + share * (to.y - from.y) };
  return { x, y: Math.exp(Math.log(from.y) + share * (Math.log(to.y) - Math.log(from.y))) };
}

/** The unbroken pieces of a line within a part of x. On a logarithmic axis, values that are not above 0 are gaps. */
export function pieces(
  { x, y }: Pick<FigureLine, 'x' | 'y'>,
  { min, max }: Range,
  logarithmic: boolean,
): Place[][] {
  const all: Place[][] = [];
  let piece: Place[] = [];
  let before: Place | null = null;
  for (const [index, value] of y.entries()) {
    const here = { x: x[index]!, y: value ?? NaN };
    if (!Number.isFinite(here.y) || (logarithmic && here.y <= 0)) {
      if (piece.length > 0) all.push(piece);
      piece = [];
      before = null;
      continue;
    }
    if (before !== null && before.x < min && here.x > min)
      piece.push(crossing(before, here, min, logarithmic));
    if (here.x >= min && here.x <= max) piece.push(here);
    if (before !== null && before.x < max && here.x > max)
      piece.push(crossing(before, here, max, logarithmic));
    before = here;
  }
  return piece.length > 0 ? [...all, piece] : all;
}

/** The parts of a piece that are at most `max`, ended where it goes higher. */
export function piecesBelow(piece: readonly Place[], max: number): Place[][] {
  const all: Place[][] = [[]];
  piece.forEach((here, index) => {
    const before = piece[index - 1];
    if (before !== undefined && before.y > max !== here.y > max) {
      const { x: y, y: x } = crossing({ x: before.y, y: before.x }, { x: here.y, y: here.x }, max, false);
      if (here.y <= max) all.push([]);
      all.at(-1)!.push({ x, y });
    }
    if (here.y <= max) all.at(-1)!.push(here);
  });
  return all.filter(({ length }) => length > 0);
}
