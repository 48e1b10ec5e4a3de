/**
 * Which engines trained a run that went on on another: `simd to epoch 2, then webgpu into epoch 5, then simd`. It stands with the
 * machine, under `engines`; a run that kept to one engine has none.
 */
const THEN = ', then ';

/** How far an engine came: complete epochs, and batches of the next. */
export interface Reached {
  epoch: number;
  batch: number;
}

/**
 * The history with the engine that a run is to go on on behind it; null where that is the only one.
 * @param before the history so far, or the name of the engine it is left
 * @param reached null where that engine trained nothing
 */
export function withNextEngine(before: string, next: string, reached: Reached | null): string | null {
  const parts = before.split(THEN);
  const left = parts.pop()!;
  const place =
    reached && (reached.batch > 0 ? ` into epoch ${reached.epoch + 1}` : ` to epoch ${reached.epoch}`);
  // It trained nothing either where the one before had come as far.
  if (place !== null && !parts.at(-1)?.endsWith(place)) parts.push(left + place);
  if (parts.at(-1)?.split(' ')[0] === next) parts.pop();
  return parts.length === 0 ? null : [...parts, next].join(THEN);
}
