/** Chart.js, registered once with what is used, and an attachment that keeps a chart on a canvas. */
import {
  Chart,
  Decimation,
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

Chart.register(
  LineController,
  LineElement,
  PointElement,
  LinearScale,
  LogarithmicScale,
  Decimation,
  annotation,
  zoom,
  endLabels,
);

type LineConfiguration = Pick<ChartConfiguration<'line'>, 'data' | 'options'>;

/**
 * Draws what `configure` answers and redraws, without building anew, whenever what it read changes or the theme does.
 *
 * @param made is given the chart once it exists
 */
export function lineChart(
  configure: (theme: ChartTheme) => LineConfiguration,
  made: (chart: Chart<'line'>) => void,
): Attachment<HTMLCanvasElement> {
  return (canvas) => {
    let chart: Chart<'line'> | undefined;
    const draw = () => {
      const { data, options } = configure(readTheme(canvas.parentElement ?? canvas));
      if (chart === undefined) {
        chart = new Chart(canvas, { type: 'line', data, options: options ?? {} });
        made(chart);
        return;
      }
      chart.data = data;
      chart.options = (options ?? {}) as typeof chart.options;
      chart.update('none');
    };
    $effect(draw);
    const unwatch = watchTheme(draw);
    return () => {
      unwatch();
      chart?.destroy();
    };
  };
}
