/** Dashes and gaps of a line in pixels, in turn; none of a solid line. */
export function dashesOf({
  dashed = false,
  dotted = false,
}: {
  dashed?: boolean;
  dotted?: boolean;
}): number[] {
  if (dashed) return dotted ? [6, 3, 1.5, 3] : [5, 4];
  return dotted ? [1.5, 3] : [];
}
