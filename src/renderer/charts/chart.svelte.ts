/** Chart.js, registered once with what is used, and an attachment that keeps a chart on a canvas. */
import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  Decimation,
  Filler,
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
  BarController,
  BarElement,
  LinearScale,
  LogarithmicScale,
  CategoryScale,
  Decimation,
  Filler,
  annotation,
  zoom,
  endLabels,
);

/**
 * Draws what `configure` answers and redraws, without building anew, whenever what it read changes or the theme does.
 * Zooming by the user survives a redraw.
 */
export function chartOf<K extends 'line' | 'bar'>(
  configure: (theme: ChartTheme) => ChartConfiguration<K>,
  made?: (chart: Chart<K>) => void,
): Attachment<HTMLCanvasElement> {
  return (canvas) => {
    let chart: Chart<K> | undefined;
    const draw = () => {
      const host = canvas.parentElement ?? canvas;
      const { type, data, options } = configure(readTheme(host)) as ChartConfiguration<K> & { type: K };
      if (chart === undefined) {
        chart = new Chart<K>(canvas, { type, data, options } as ChartConfiguration<K>);
        made?.(chart);
        return;
      }
      chart.data = data;
      if (options !== undefined) chart.options = options as typeof chart.options;
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
