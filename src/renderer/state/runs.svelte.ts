/** Every run of the workspace, live: statuses and metrics as they change, progress while they train. */
import type { EventPayload, Input } from '../../shared/contract/index.ts';
import type { Run } from '../../shared/contract/runs.ts';
import { client } from '../client/client.ts';
import { Collection } from './collection.svelte.ts';
import { whenConnected } from './connection.svelte.ts';
import { notify } from './notices.ts';
import { plural } from './format.ts';
import { settings } from './settings.svelte.ts';

export type RunProgress = EventPayload<'run.progress'>;

const ACTIVE: ReadonlySet<Run['status']> = new Set(['queued', 'running', 'paused']);
const RESUMABLE: ReadonlySet<Run['status']> = new Set(['paused', 'stopped', 'interrupted']);
const SERIES_COLOURS = 8;

export const isActive = (run: Run): boolean => ACTIVE.has(run.status);
export const canPause = (run: Run): boolean => run.status === 'running';
export const canResume = (run: Run): boolean => RESUMABLE.has(run.status);

/** Archived runs come with the others; a screen filters them. */
const fetchRuns = (): Promise<Run[]> => client.call('runs.list', { archived: true });

class Runs extends Collection<Run> {
  progress = $state.raw<ReadonlyMap<string, RunProgress>>(new Map());
  readonly #byId = $derived(new Map(this.items.map((run) => [run.id, run])));
  readonly active = $derived(this.items.filter(isActive));
  /** Series colour (1 to 8) by run, given in order of creation and then kept, so that neighbours differ. */
  #colours = $state.raw<ReadonlyMap<string, number>>(new Map());

  constructor() {
    super(fetchRuns);
    whenConnected(() => this.load());
    client.on('run.changed', (run) => this.#put(run));
    client.on('run.removed', ({ run }) => (this.items = this.items.filter(({ id }) => id !== run)));
    client.on('run.restored', () => void this.load());
    client.on(
      'run.progress',
      (progress) => (this.progress = new Map(this.progress).set(progress.run, progress)),
    );
  }

  find(id: string): Run | undefined {
    return this.#byId.get(id);
  }

  colour(id: string): number {
    return this.#colours.get(id) ?? 1;
  }

  override async load(): Promise<void> {
    await Promise.all([super.load(), settings.ready]);
    this.#giveColours();
  }

  /** Colours for runs without one. They are stored, so that deleting an older run changes no other's. */
  #giveColours(): void {
    const known = settings.get('runColours');
    const colours = new Map(isRecord(known) ? (Object.entries(known) as [string, number][]) : this.#colours);
    const before = colours.size;
    for (const { id } of this.items.toReversed()) {
      if (!colours.has(id)) colours.set(id, (colours.size % SERIES_COLOURS) + 1);
    }
    this.#colours = colours;
    if (colours.size > before) settings.set('runColours', Object.fromEntries(colours));
  }

  async pause(ids: readonly string[]): Promise<void> {
    for (const run of ids) this.#put(await client.call('training.pause', { run }));
  }

  async resume(ids: readonly string[]): Promise<void> {
    for (const run of ids) this.#put(await client.call('training.resume', { run }));
  }

  async stop(ids: readonly string[]): Promise<void> {
    for (const run of ids) this.#put(await client.call('training.stop', { run }));
  }

  async edit(run: string, changes: Omit<Input<'runs.edit'>, 'run'>): Promise<void> {
    this.#put(await client.call('runs.edit', { run, ...changes }));
  }

  async pin(ids: readonly string[], pinned: boolean): Promise<void> {
    for (const run of ids) await this.edit(run, { pinned });
  }

  /** Archives runs or brings them back, with Undo. */
  async archive(ids: readonly string[], archived: boolean): Promise<void> {
    const put = async (now: boolean) => {
      for (const run of ids) await this.edit(run, { archived: now });
    };
    await put(archived);
    notify(`${plural(ids.length, 'run')} ${archived ? 'archived' : 'brought back'}`, () => put(!archived));
  }

  /** Deletes runs without asking, with Undo. */
  async remove(ids: readonly string[]): Promise<void> {
    const gone = new Set(ids);
    await client.call('runs.remove', { runs: [...ids] });
    this.items = this.items.filter(({ id }) => !gone.has(id));
    notify(`${plural(ids.length, 'run')} deleted`, async () => {
      await client.call('runs.restore', { runs: [...ids] });
      await this.load();
    });
  }

  #put(run: Run): void {
    const known = this.#byId.has(run.id);
    this.items = known
      ? this.items.map((other) => (other.id === run.id ? run : other))
      : [run, ...this.items];
    if (!known) this.#giveColours();
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

export const runs = new Runs();
