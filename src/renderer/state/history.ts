/**
 * Undo as data. A document is a set of records by key; every edit is a reversible diff between two such sets, and one
 * class keeps them for the whole application. No component keeps an undo of its own.
 */
export type Records = Readonly<Record<string, unknown>>;

/** What an edit did to the records; read backwards it undoes the edit. */
export interface RecordsDiff {
  added: Records;
  updated: Readonly<Record<string, readonly [from: unknown, to: unknown]>>;
  removed: Records;
}

/** Equal as values: records are plain JSON, so that their text decides. */
function same(left: unknown, right: unknown): boolean {
  return left === right || JSON.stringify(left) === JSON.stringify(right);
}

/** The diff that turns `before` into `after`. */
export function diffRecords(before: Records, after: Records): RecordsDiff {
  const added: Record<string, unknown> = {};
  const updated: Record<string, [unknown, unknown]> = {};
  const removed: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(after)) {
    if (!Object.hasOwn(before, key)) added[key] = value;
    else if (!same(before[key], value)) updated[key] = [before[key], value];
  }
  for (const [key, value] of Object.entries(before)) if (!Object.hasOwn(after, key)) removed[key] = value;
  return { added, updated, removed };
}

export function isEmptyDiff(diff: RecordsDiff): boolean {
  return [diff.added, diff.updated, diff.removed].every((part) => Object.keys(part).length === 0);
}

/** The records after the diff. */
export function applyDiff(diff: RecordsDiff, records: Records): Records {
  const kept = Object.entries(records).filter(([key]) => !Object.hasOwn(diff.removed, key));
  const updated = Object.entries(diff.updated).map(([key, [, to]]) => [key, to]);
  return Object.fromEntries([...kept, ...updated, ...Object.entries(diff.added)]) as Records;
}

/** The diff that takes `diff` back. */
export function invertDiff(diff: RecordsDiff): RecordsDiff {
  const updated = Object.entries(diff.updated).map(([key, [from, to]]) => [key, [to, from]]);
  return { added: diff.removed, updated: Object.fromEntries(updated), removed: diff.added } as RecordsDiff;
}

interface Step {
  diff: RecordsDiff;
  /** What was done, for the Undo button: `Add LSTM`. */
  label: string;
  /** Edits with the same key that follow one another are one step: the digits of one typed number. */
  together: string | null;
}

/** Steps kept; older ones are forgotten. */
const STEPS_KEPT = 500;

/** The steps done and undone of one document. It keeps no document itself: undo and redo answer with the new records. */
export class History {
  #done: Step[] = [];
  #undone: Step[] = [];

  /** What undo would take back, or null. */
  get undoLabel(): string | null {
    return this.#done.at(-1)?.label ?? null;
  }

  /** What redo would do again, or null. */
  get redoLabel(): string | null {
    return this.#undone.at(-1)?.label ?? null;
  }

  /** Notes an edit. With `together`, it joins the last step if that has the same key and was not sealed since. */
  record(before: Records, after: Records, label: string, together: string | null = null): void {
    const last = this.#done.at(-1);
    const joins = last !== undefined && together !== null && last.together === together;
    const start = joins ? applyDiff(invertDiff(last.diff), before) : before;
    const diff = diffRecords(start, after);
    if (joins) this.#done.pop();
    else if (isEmptyDiff(diff)) return;
    this.#undone = [];
    if (isEmptyDiff(diff)) return;
    this.#done = [...this.#done, { diff, label, together }].slice(-STEPS_KEPT);
  }

  /** Ends the step in progress: the next edit is a step of its own even if it is of the same field. */
  seal(): void {
    const last = this.#done.at(-1);
    if (last !== undefined) last.together = null;
  }

  /** The records before the last step, or null where there is none. */
  undo(records: Records): Records | null {
    const step = this.#done.pop();
    if (step === undefined) return null;
    this.#undone.push({ ...step, together: null });
    this.seal();
    return applyDiff(invertDiff(step.diff), records);
  }

  /** The records after the step undone last, or null where there is none. */
  redo(records: Records): Records | null {
    const step = this.#undone.pop();
    if (step === undefined) return null;
    this.#done.push(step);
    return applyDiff(step.diff, records);
  }

  clear(): void {
    this.#done = [];
    this.#undone = [];
  }
}
