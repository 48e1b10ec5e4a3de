/** Chart.js, registered once with what is used, and an attachment that keeps a chart on a canvas. */
import {
  Chart,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  type ChartConfiguration,
} from 'chart.js';
import annotation from 'chartjs-plugin-annotation';
import zoom from 'chartjs-plugin-zoom';
import type { Attachment } from 'svelte/attachments';
import { watchTheme, readTheme, type ChartTheme } from './theme.ts';
import { endLabels } from './endLabels.ts';
import { marks } from './marks.ts';

Chart.register(
  LineController,
  LineElement,
  PointElement,
  LinearScale,
  LogarithmicScale,
  annotation,
  zoom,
  marks,
  endLabels,
);

type LineConfiguration = Pick<ChartConfiguration<'line'>, 'data' | 'options'>;

/**
 * Draws what `configure` answers and redraws, without building anew, whenever what it read changes or the theme does. Many
 * changes in one frame (values of a running training) are drawn once.
 *
 * @param drawn is given the chart each time it was drawn
 */
export function lineChart(
  configure: (theme: ChartTheme) => LineConfiguration,
  drawn: (chart: Chart<'line'>) => void,
): Attachment<HTMLCanvasElement> {
  return (canvas) => {
    let chart: Chart<'line'> | undefined;
    let next: LineConfiguration | null = null;
    let frame = 0;
    const update = () => {
      frame = 0;
      if (chart === undefined || next === null) return;
      chart.data = next.data;
      chart.options = (next.options ?? {}) as typeof chart.options;
      next = null;
      chart.update('none');
      drawn(chart);
    };
    const draw = () => {
      const { data, options } = configure(readTheme());
      if (chart === undefined) {
        chart = new Chart(canvas, { type: 'line', data, options: options ?? {} });
        drawn(chart);
        return;
      }
      next = options === undefined ? { data } : { data, options };
      if (frame === 0) frame = requestAnimationFrame(update);
    };
    $effect(draw);
    const unwatch = watchTheme(draw);
    return () => {
      unwatch();
      cancelAnimationFrame(frame);
      chart?.destroy();
    };
  };
}
