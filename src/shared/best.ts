/** What the best value of a metric is: its own best, at whatever epoch it was reached. */

/** `max` for accuracies, `min` for losses and errors. */
export function betterIs(metric: string): 'max' | 'min' {
  return /(^|_)acc(uracy)?$/.test(metric) ? 'max' : 'min';
}

export interface Best {
  value: number;
  /** From 1. */
  epoch: number;
}

/**
 * The best of a metric's values and the epoch that reached it first; null where no value is finite.
 * @param values by epoch; nulls and what is not finite are passed over
 * @param epochs the epoch of each value
 */
export function bestOf(
  metric: string,
  values: readonly (number | null | undefined)[],
  epochs: readonly number[],
): Best | null {
  const sign = betterIs(metric) === 'max' ? 1 : -1;
  let best: Best | null = null;
  values.forEach((value, index) => {
    if (value === null || value === undefined || !Number.isFinite(value)) return;
    if (best !== null && sign * value <= sign * best.value) return;
    best = { value, epoch: epochs[index] ?? index + 1 };
  });
  return best;
}
