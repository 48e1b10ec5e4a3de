/** Every run of the workspace, live: statuses and metrics as they change, progress while they train. */
import type { EventPayload, Input } from '../../shared/contract/index.ts';
import type { Run } from '../../shared/contract/runs.ts';
import type { EngineName } from '../../shared/training.ts';
import { client } from '../client/client.ts';
import { Collection } from './collection.svelte.ts';
import { whenConnected } from './connection.svelte.ts';
import { dismiss, notify, offer } from './notices.ts';
import { formatDuration, plural } from './format.ts';
import { changedRow, storedRows, type RunRow } from '../../shared/history/rows.ts';

export type RunProgress = EventPayload<'run.progress'>;

const ACTIVE: ReadonlySet<Run['status']> = new Set(['queued', 'running', 'paused']);
const RESUMABLE: ReadonlySet<Run['status']> = new Set(['paused', 'stopped', 'interrupted']);
/** Changes that come in quick succession are shown together. */
const TOGETHER_MS = 100;

export const isActive = (run: Pick<Run, 'status'>): boolean => ACTIVE.has(run.status);
export const canPause = (run: Pick<Run, 'status'>): boolean => run.status === 'running';
export const canResume = (run: Pick<Run, 'status'>): boolean => RESUMABLE.has(run.status);

/** Archived runs come with the others; a screen filters them. */
const fetchRuns = async (): Promise<RunRow[]> => storedRows(await client.call('runs.table', {}));

class Runs extends Collection<RunRow> {
  progress = $state.raw<ReadonlyMap<string, RunProgress>>(new Map());
  readonly #byId = $derived(new Map(this.items.map((run) => [run.id, run])));
  readonly active = $derived(this.items.filter(isActive));
  /** All metrics that any run has. */
  readonly metricNames = $derived.by(() => namesOf(this.items));
  /** What events told and the list does not show yet: the newest state of a run, or null for one that is gone. */
  readonly #told = new Map<string, Run | null>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Takes back the last deletion or archiving, until that is done. */
  #undo: (() => Promise<void>) | null = null;

  constructor() {
    super(fetchRuns);
    whenConnected(() => this.load());
    client.on('run.changed', (run) => this.#tell(run.id, run));
    client.on('runs.removed', ({ runs }) => runs.forEach((run) => this.#tell(run, null)));
    client.on('runs.altered', () => void this.load());
    client.on('run.silent', (silent) => offerEnd(silent));
    client.on(
      'run.progress',
      (progress) => (this.progress = new Map(this.progress).set(progress.run, progress)),
    );
  }

  find(id: string): RunRow | undefined {
    return this.#byId.get(id);
  }

  colour(id: string): number {
    return this.#byId.get(id)?.colour ?? 1;
  }

  async pause(ids: readonly string[]): Promise<void> {
    for (const run of ids) this.#put(await client.call('training.pause', { run }));
  }

  /** @param engine another to go on with; without one each run's own */
  async resume(ids: readonly string[], engine?: EngineName): Promise<void> {
    for (const run of ids) this.#put(await client.call('training.resume', { run, engine }));
  }

  /** Those that wait first: they would begin as the one before them ends. */
  async stop(ids: readonly string[]): Promise<void> {
    const waits = (id: string): number => (this.find(id)?.status === 'queued' ? 0 : 1);
    for (const run of ids.toSorted((a, b) => waits(a) - waits(b)))
      this.#put(await client.call('training.stop', { run }));
  }

  async edit(run: string, changes: Omit<Input<'runs.edit'>, 'run'>): Promise<void> {
    this.#put(await client.call('runs.edit', { run, ...changes }));
  }

  /** One change to many runs; the list follows. */
  async change(ids: readonly string[], change: Omit<Input<'runs.change'>, 'runs'>): Promise<void> {
    if (ids.length > 0) await client.call('runs.change', { runs: [...ids], ...change });
    await this.load();
  }

  async pin(ids: readonly string[], pinned: boolean): Promise<void> {
    await this.change(ids, { pinned });
  }

  /** Archives runs or brings them back, with Undo. */
  async archive(ids: readonly string[], archived: boolean): Promise<void> {
    await this.change(ids, { archived });
    this.#sayUndoable(`${plural(ids.length, 'run')} ${archived ? 'archived' : 'brought back'}`, () =>
      this.change(ids, { archived: !archived }),
    );
  }

  /** Gives runs a tag, with Undo for those that had it not. */
  async tag(ids: readonly string[], tag: string): Promise<void> {
    const fresh = ids.filter((id) => !this.find(id)?.tags.includes(tag));
    await this.change(fresh, { addTags: [tag] });
    notify(`${plural(fresh.length, 'run')} tagged ${tag}`, () => this.change(fresh, { removeTags: [tag] }));
  }

  /** Deletes runs without asking, with Undo. */
  async remove(ids: readonly string[]): Promise<void> {
    const gone = new Set(ids);
    await client.call('runs.remove', { runs: [...ids] });
    this.items = this.items.filter(({ id }) => !gone.has(id));
    this.#sayUndoable(`${plural(ids.length, 'run')} deleted`, async () => {
      await client.call('runs.restore', { runs: [...ids] });
      await this.load();
    });
  }

  /** Takes back what was deleted or archived last, as its notice's Undo does. */
  async undoLast(): Promise<void> {
    await this.#undo?.();
  }

  #sayUndoable(message: string, undo: () => Promise<void>): void {
    const once = async () => {
      if (this.#undo === once) this.#undo = null;
      dismiss(notice);
      await undo();
    };
    const notice = notify(message, once);
    this.#undo = once;
  }

  #tell(id: string, run: Run | null): void {
    this.#told.set(id, run);
    this.#timer ??= setTimeout(() => this.#show(), TOGETHER_MS);
  }

  #put(run: Run): void {
    this.#told.set(run.id, run);
    this.#show();
  }

  /** Replaces, adds and drops rows as events told. */
  #show(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const told = new Map(this.#told);
    this.#told.clear();
    const kept = this.items.flatMap((row) => {
      const run = told.get(row.id);
      told.delete(row.id);
      return run === undefined ? row : run === null ? [] : changedRow(run);
    });
    const added = [...told.values()].flatMap((run) => (run === null ? [] : changedRow(run)));
    this.items = [...added.toReversed(), ...kept];
  }
}

/** A training process that is not heard of may be ended; the run can then be resumed. */
function offerEnd({ run, name, seconds }: EventPayload<'run.silent'>): void {
  const id = `silent-${run}`;
  if (seconds === null) return dismiss(id);
  const words = `The training process of ${name} has not been heard of for ${formatDuration(seconds)}.`;
  const wayOut = 'Once ended, the run can be resumed from its last checkpoint.';
  offer(id, `${words} ${wayOut}`, 'End it', () => client.call('training.end', { run }));
}

/** Rows of one table share their list of names, so that only lists not seen yet are gone through. */
function namesOf(rows: readonly RunRow[]): string[] {
  const lists = new Set(rows.map(({ allMetrics }) => allMetrics));
  return [...new Set([...lists].flat())];
}

export const runs = new Runs();
