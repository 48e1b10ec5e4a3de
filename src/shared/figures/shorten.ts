/** Names that are longer than their place. */

/** A text that fits, cut in its middle where it must be: names of a sweep differ at the end. */
export function shorten(text: string, fits: (text: string) => boolean): string {
  if (fits(text)) return text;
  const letters = Array.from(text);
  const cut = (kept: number) =>
    [
      ...letters.slice(0, Math.ceil(kept / 2)),
      '…',
      ...letters.slice(letters.length - Math.floor(kept / 2)),
    ].join('');
  let kept = letters.length - 1;
  while (kept > 1 && !fits(cut(kept))) kept--;
  return cut(kept);
}
