/** What charts of one group share: the x under the pointer, and the part of x they are zoomed to. */
import type { Range } from '../../shared/figures/ticks.ts';

export class ChartView {
  /** The x under the pointer of any chart of the group. */
  x = $state<number | null>(null);
  /** What the user zoomed to; it outlives new points. */
  zoom = $state.raw<Range | null>(null);
  #users = 0;

  /** Joins the view; call in an effect. When the last chart has left, the view is as new. */
  join(): () => void {
    this.#users++;
    return () => {
      if (--this.#users > 0) return;
      this.x = null;
      this.zoom = null;
    };
  }
}

const groups = new Map<string, ChartView>();

/** The view of a group of charts over the same x axis; charts without a group have their own. */
export function chartView(group: string | undefined, xTitle: string): ChartView {
  if (group === undefined) return new ChartView();
  const key = `${group} by ${xTitle}`;
  const known = groups.get(key) ?? new ChartView();
  groups.set(key, known);
  return known;
}
