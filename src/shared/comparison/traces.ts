/** The predictions of several runs after each word of one text, side by side. */
import type { Trace } from '../contract/analysis.ts';
import type { Run } from '../contract/runs.ts';
import type { Dataset } from '../data/dataset.ts';
import { untrainedText } from '../history/untrained.ts';

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

type TraceData = Pick<Dataset, 'name' | 'kind' | 'classes'>;

/** Why a run's answer to a text does not stand beside those on `first`; null where it does. */
function leftOut(
  run: Pick<Run, 'epochsDone' | 'status'>,
  own: TraceData | undefined,
  first: TraceData | undefined,
): string | null {
  if (own?.kind === 'values') return `It was trained on ${own.name}, which holds numbers, not words.`;
  if (own && first && own.classes.join() !== first.classes.join())
    return `It was trained on ${own.name}, whose classes are not those of ${first.name}.`;
  return run.epochsDone === 0 ? untrainedText([run]) : null;
}

/**
 * The runs whose answers to one text stand side by side, and the others with the reason.
 * @param dataOf a run's data set; undefined where it is gone
 */
export function whoFollows<R extends Pick<Run, 'epochsDone' | 'status'>, D extends TraceData>(
  runs: readonly R[],
  dataOf: (run: R) => D | undefined,
): { data: D | undefined; followed: R[]; left: { run: R; reason: string }[] } {
  const first = runs.find((run) => dataOf(run)?.kind !== 'values');
  const data = first && dataOf(first);
  const left = runs.flatMap((run) => {
    const reason = leftOut(run, dataOf(run), data);
    return reason === null ? [] : [{ run, reason }];
  });
  return { data, followed: runs.filter((run) => left.every((one) => one.run !== run)), left };
}

/** The class whose probability is shown: the second of two; of more, the one the first run ends on. */
export function classShown(traces: readonly (Trace | null)[]): number {
  const last = traces.find((trace) => trace !== null)?.predictions.at(-1);
  return last === undefined || last.length === 1 ? 1 : saidBy(last);
}

/** The class of the highest probability; one output speaks of the second class. */
function saidBy(prediction: readonly number[]): number {
  if (prediction.length === 1) return Number(prediction[0]! > 0.5);
  return prediction.indexOf(Math.max(...prediction));
}

function probabilityOf(prediction: readonly number[], positive: number): number {
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

/** The first word after which not all runs say the same class; they may come together again. */
export function partingWord(rows: readonly TraceRow[]): number | null {
  const first = rows.findIndex(({ split }) => split);
  return first < 0 ? null : first;
}

export const TRACE_OTHER_DATA =
  'They were trained on different data, so each reads the sentence with the words it knows. A ? beside a probability marks a word that this run does not know.';
