/** The predictions of several runs after each word of one text, side by side. */
import type { Trace } from '../../shared/contract/analysis.ts';
import type { Run } from '../../shared/contract/runs.ts';
import type { Dataset } from '../../shared/data/dataset.ts';
import type { Series } from '../charts/series.ts';
import type { Look } from './outcomes.ts';

export interface TraceRow {
  word: string;
  /** The probability of the class looked at, by run. */
  probabilities: (number | null)[];
  /** Whether the word is unknown to the run though another knows it. */
  unknown: boolean[];
  /** The class said after this word, by run. */
  said: (number | null)[];
  /** Not all runs say the same class. */
  split: boolean;
}

/**
 * Why a run's answer to a text does not stand beside the first's; null where it does.
 * @param own the run's data set, and `first` that of the first run with words; undefined where it is gone
 */
export function leftOut(
  run: Pick<Run, 'epochsDone'>,
  own: Pick<Dataset, 'name' | 'kind' | 'classes'> | undefined,
  first: Pick<Dataset, 'name' | 'classes'> | undefined,
): string | null {
  if (own?.kind === 'values') return `It was trained on ${own.name}, which holds numbers, not words.`;
  if (own && first && own.classes.join() !== first.classes.join())
    return `It was trained on ${own.name}, whose classes are not those of ${first.name}.`;
  return run.epochsDone === 0 ? 'It has no complete epoch yet.' : null;
}

/** The class of the highest probability; one output speaks of the second class. */
export function saidBy(prediction: readonly number[]): number {
  if (prediction.length === 1) return Number(prediction[0]! > 0.5);
  return prediction.indexOf(Math.max(...prediction));
}

export function probabilityOf(prediction: readonly number[], positive: number): number {
  if (prediction.length > 1) return prediction[positive] ?? 0;
  return positive === 0 ? 1 - prediction[0]! : prediction[0]!;
}

/** @param traces by run; null for one that has none */
export function traceRows(traces: readonly (Trace | null)[], positive: number): TraceRow[] {
  const longest = traces.reduce<Trace | null>(
    (best, trace) => (trace && trace.words.length > (best?.words.length ?? 0) ? trace : best),
    null,
  );
  return (longest?.words ?? []).map((_, at) => {
    const predictions = traces.map((trace) => trace?.predictions[at] ?? null);
    const probabilities = predictions.map((one) => one && probabilityOf(one, positive));
    const said = predictions.map((one) => one && saidBy(one));
    const words = traces.map((trace) => trace?.words[at]);
    // What one run does not know another may.
    const word = words.find((one) => one !== undefined && one !== '?') ?? '?';
    return {
      word,
      probabilities,
      unknown: words.map((own) => own === '?' && word !== '?'),
      said,
      split: new Set(said.filter((value) => value !== null)).size > 1,
    };
  });
}

/** The first word from which on the runs end up apart: not all say the same class, up to the last word. */
export function partingWord(rows: readonly TraceRow[]): number | null {
  const lastTogether = rows.findLastIndex(({ split }) => !split);
  return lastTogether === rows.length - 1 ? null : lastTogether + 1;
}

export function traceSeries(rows: readonly TraceRow[], looks: readonly Look[]): Series[] {
  return looks.map(({ id, name, colour, mark = 0 }, run) => ({
    id,
    label: name,
    endLabel: name,
    colour,
    mark,
    thick: run === 0 && looks.length > 1,
    x: rows.map((_, at) => at + 1),
    y: rows.map(({ probabilities }) => probabilities[run] ?? null),
  }));
}
