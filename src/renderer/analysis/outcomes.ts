/** A run's predictions as the panels read them: for one class, how probable and whether it was true. */
import type { Predictions } from '../../shared/contract/analysis.ts';
import { calibration } from '../../shared/statistics/calibration.ts';
import { thinned, type ThresholdPoint } from '../../shared/statistics/curves.ts';
import type { Series } from '../charts/series.ts';

/** What a curve is named and drawn by. */
export interface Look {
  id: string;
  name: string;
  colour: number;
  mark?: number;
}

export interface Outcomes {
  probabilities: Float32Array;
  positives: boolean[];
}

/** One class against all others; a single output speaks of the second class. */
export function outcomesOf({ predictions, labels, outputs }: Predictions, positive: number): Outcomes {
  const column = outputs === 1 ? 0 : positive;
  return {
    probabilities: Float32Array.from(labels, (_, i) => predictions[i * outputs + column]!),
    positives: Array.from(labels, (label) => label === positive),
  };
}

/** More points than pixels show nothing. */
const MOST_POINTS = 500;

/** @param threshold whose place on the curve is ringed */
export function rocSeries(points: readonly ThresholdPoint[], look: Look, threshold?: number): Series {
  const { truePositives, falsePositives } = points.at(-1)!;
  const shown = thinned(points, MOST_POINTS);
  const x = shown.map((point) => point.falsePositives / Math.max(1, falsePositives));
  return {
    ...lineOf(look),
    x,
    y: shown.map((point) => point.truePositives / Math.max(1, truePositives)),
    marked: placeOf(shown, x, threshold),
  };
}

export function precisionRecallSeries(
  points: readonly ThresholdPoint[],
  look: Look,
  threshold?: number,
): Series {
  const all = Math.max(1, points.at(-1)!.truePositives);
  const said = points.filter((point) => point.truePositives + point.falsePositives > 0);
  const shown = thinned(said, MOST_POINTS);
  const x = shown.map((point) => point.truePositives / all);
  const y = shown.map((point) => point.truePositives / (point.truePositives + point.falsePositives));
  // Nothing is known of a recall below the first point's; the line is drawn from the axis.
  return {
    ...lineOf(look),
    x: [0, ...x],
    y: [y[0] ?? null, ...y],
    marked: placeOf(shown, x, threshold),
  };
}

/** Observed against predicted, with the 95 % intervals as a band; empty bins are left out. */
export function calibrationSeries({ probabilities, positives }: Outcomes, look: Look): Series {
  const bins = calibration(probabilities, positives)?.bins.filter(({ examples }) => examples > 0) ?? [];
  return {
    ...lineOf(look),
    x: bins.map(({ predicted }) => predicted!),
    y: bins.map(({ observed }) => observed),
    band: {
      low: bins.map(({ interval }) => interval?.low ?? null),
      high: bins.map(({ interval }) => interval?.high ?? null),
    },
  };
}

/** From corner to corner: guessing, or probabilities that are true. */
export function diagonal(label: string): Series {
  return { id: label, label, endLabel: label, x: [0, 1], y: [0, 1], colour: 8, dashed: true };
}

const lineOf = ({ id, name, colour, mark = 0 }: Look) => ({
  id,
  label: name,
  endLabel: name,
  colour,
  mark,
});

/** Where the point stands that says positive of everything above the threshold. */
function placeOf(
  points: readonly ThresholdPoint[],
  x: readonly number[],
  threshold: number | undefined,
): number | null {
  if (threshold === undefined) return null;
  return x[points.findLastIndex((point) => point.threshold > threshold)] ?? null;
}
