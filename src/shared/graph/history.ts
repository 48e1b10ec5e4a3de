/**
 * Undo as data: the steps done and undone of one model. A history is a value; every function answers with a new one, so
 * that it can be kept beside the graph, stored, and taken up again after a restart. It has no limit.
 */
import { z } from 'zod';
import { applyDiff, diffGraphs, graphDiffSchema, invertDiff, isEmptyDiff } from './diff.ts';
import type { ModelGraph } from './graph.ts';

export const editStepSchema = z.object({
  /** What was done, for the Undo button: `Add LSTM`. */
  label: z.string().max(1000),
  diff: graphDiffSchema,
});
export type EditStep = z.infer<typeof editStepSchema>;

export interface EditHistory {
  /** The last is undone next. */
  readonly done: readonly EditStep[];
  /** The last is redone next. */
  readonly undone: readonly EditStep[];
  /** Edits with this key join the last step; null once it is sealed. */
  readonly together: string | null;
}

export const emptyHistory: EditHistory = { done: [], undone: [], together: null };

/**
 * Notes an edit as one step. With `together` (such as `move lstm` or `units of lstm`) it joins the last step if that had the
 * same key and was not sealed since: a whole drag, or the digits of one typed number, are undone at once. An edit that
 * changes nothing, or takes the step it joins back, leaves no step.
 */
export function recordEdit(
  history: EditHistory,
  before: ModelGraph,
  after: ModelGraph,
  label: string,
  together: string | null = null,
): EditHistory {
  const last = history.done.at(-1);
  const joins = last !== undefined && together !== null && history.together === together;
  const start = joins ? applyDiff(invertDiff(last.diff), before) : before;
  const diff = diffGraphs(start, after);
  if (!joins && isEmptyDiff(diff)) return history;
  const earlier = joins ? history.done.slice(0, -1) : history.done;
  if (isEmptyDiff(diff)) return { done: earlier, undone: [], together: null };
  return { done: [...earlier, { label, diff }], undone: [], together };
}

/** Ends the step in progress: the next edit is a step of its own even with the same key. */
export function seal(history: EditHistory): EditHistory {
  return history.together === null ? history : { ...history, together: null };
}

export interface Travelled {
  history: EditHistory;
  graph: ModelGraph;
}

/** The model before the last step, or null where there is none. */
export function undo({ done, undone }: EditHistory, graph: ModelGraph): Travelled | null {
  const step = done.at(-1);
  if (step === undefined) return null;
  const history = { done: done.slice(0, -1), undone: [...undone, step], together: null };
  return { history, graph: applyDiff(invertDiff(step.diff), graph) };
}

/** The model after the step undone last, or null where there is none. */
export function redo({ done, undone }: EditHistory, graph: ModelGraph): Travelled | null {
  const step = undone.at(-1);
  if (step === undefined) return null;
  const history = { done: [...done, step], undone: undone.slice(0, -1), together: null };
  return { history, graph: applyDiff(step.diff, graph) };
}

/** A history as it is stored: all steps in the order they were done, and how many of them are not undone. */
export interface Journal {
  steps: readonly EditStep[];
  done: number;
}

export function journalOf({ done, undone }: EditHistory): Journal {
  return { steps: [...done, ...undone.toReversed()], done: done.length };
}

export function historyOf({ steps, done }: Journal): EditHistory {
  return { done: steps.slice(0, done), undone: steps.slice(done).toReversed(), together: null };
}

/** What a stored journal lacks of `now`: the steps from the first that differs, and how many are done. */
export interface JournalChange {
  from: number;
  steps: EditStep[];
  done: number;
}

/** Steps are compared as objects: a history shares the steps it did not change with the one it came from. */
export function journalChange(stored: Journal, now: Journal): JournalChange {
  let from = 0;
  while (from < now.steps.length && now.steps[from] === stored.steps[from]) from++;
  return { from, steps: now.steps.slice(from), done: now.done };
}
