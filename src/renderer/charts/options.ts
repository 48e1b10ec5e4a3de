/** What a line chart is told beside its lines: axes, zooming by dragging, the light line at the best epoch. */
import type { Chart, ChartOptions } from 'chart.js';
import type { AnnotationOptions } from 'chartjs-plugin-annotation';
import { axisOptions, type Axis } from './axes.ts';
import type { Range } from '../../shared/figures/ticks.ts';
import type { ChartTheme } from './theme.ts';

/** A light line across the chart with a word. */
export interface Marker {
  x: number;
  label: string;
}

interface Wanted {
  x: Axis;
  y: Axis;
  /** The part of x to show. */
  range: Range;
  marker: Marker | null;
  /** Without lines there is nothing to measure: no axes either. */
  empty: boolean;
  /** The user dragged over this part of x. */
  onzoom: (range: Range) => void;
  onresize: () => void;
}

/** Pixels above a chart's lines for a marker's word. */
const MARKER_ROOM = 18;

function markerLine(marker: Marker | null, theme: ChartTheme): Record<string, AnnotationOptions> {
  if (marker === null) return {};
  const label = {
    display: true,
    content: marker.label,
    position: 'end' as const,
    // Above the lines, where it hides none of them.
    yAdjust: -MARKER_ROOM,
    rotation: 0,
    color: theme.muted,
    backgroundColor: theme.surface,
    font: { size: 11, weight: 'normal' as const },
    padding: 2,
  };
  const line = {
    borderColor: theme.axis,
    borderWidth: 1,
    borderDash: [2, 3],
    drawTime: 'beforeDatasetsDraw' as const,
  };
  return { marker: { type: 'line', xMin: marker.x, xMax: marker.x, ...line, label } };
}

/** Zooming is the view's: the chart keeps to what it was told to show until it is told another part. */
function zoomByDragging({ range, onzoom }: Pick<Wanted, 'range' | 'onzoom'>, theme: ChartTheme) {
  return {
    zoom: {
      drag: {
        enabled: true,
        backgroundColor: theme.grid,
        borderColor: theme.accent,
        borderWidth: 1,
        threshold: 8,
      },
      mode: 'x' as const,
      onZoomComplete: ({ chart }: { chart: Chart }) => {
        const { x } = chart.scales;
        if (x === undefined) return;
        const { min, max } = x;
        Object.assign(x.options, range);
        chart.update('none');
        onzoom({ min, max });
      },
    },
  };
}

export function lineOptions(wanted: Wanted, theme: ChartTheme): ChartOptions<'line'> {
  const { x, y, range, marker, empty, onresize } = wanted;
  const display = !empty;
  return {
    responsive: true,
    maintainAspectRatio: false,
    animation: false,
    parsing: false,
    normalized: true,
    events: [],
    color: theme.text,
    backgroundColor: theme.surface,
    font: { family: theme.font },
    layout: { padding: { top: marker === null ? 8 : MARKER_ROOM, right: 8, bottom: 8, left: 8 } },
    onResize: onresize,
    scales: {
      x: { ...axisOptions({ ...x, ...range }, 'x', theme), display },
      y: { ...axisOptions(y, 'y', theme), display },
    },
    plugins: {
      zoom: zoomByDragging(wanted, theme),
      annotation: { clip: false, annotations: markerLine(marker, theme) },
    },
  };
}
