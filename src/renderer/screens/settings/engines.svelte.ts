/** What is done with engines on this screen: looking for them, measuring them on a model, installing and removing one. */
import type { Input, JobMethodName, JobResult, Output } from '../../../shared/contract/index.ts';
import { toErrorValue, type ErrorValue } from '../../../shared/errors.ts';
import {
  bySpeed,
  fastestOf,
  measuredOf,
  type Measured,
  type Measurement,
} from '../../../shared/engine-speed.ts';
import { engineChoiceSchema } from '../../../shared/training.ts';
import { client } from '../../client/client.ts';
import { connection } from '../../state/connection.svelte.ts';
import { jobs, type JobState } from '../../state/jobs.svelte.ts';
import { notify } from '../../state/notices.ts';
import { settings } from '../../state/settings.svelte.ts';

type Engine = Output<'engines.list'>[number];
type Plan = Output<'engines.plan'>;
/** Where the library comes from. */
export interface Origin {
  python: string | null;
  packages: string | null;
  gpu: boolean;
}

/** One job at a time, with its error beside what started it. */
class Work {
  error = $state.raw<ErrorValue | null>(null);
  #id = $state.raw<string | null>(null);
  readonly job = $derived<JobState | null>(this.#id === null ? null : (jobs.get(this.#id) ?? null));
  readonly busy = $derived(this.#id !== null);

  /** The job's result; null where it failed, which `error` then tells, or was cancelled. */
  async run<M extends JobMethodName>(method: M, input: Input<M>): Promise<JobResult<M> | null> {
    if (this.busy) return null;
    this.error = null;
    // Before main has answered it is busy already.
    this.#id = '';
    try {
      return await jobs.run(method, input, (job) => (this.#id = job));
    } catch (reason) {
      const error = toErrorValue(reason);
      if (error.code !== 'cancelled') this.error = error;
      return null;
    } finally {
      this.#id = null;
    }
  }

  async cancel(): Promise<void> {
    if (this.#id) await jobs.cancel(this.#id);
  }
}

class EngineWork {
  readonly measuring = new Work();
  readonly installing = new Work();
  looking = $state(false);
  error = $state.raw<ErrorValue | null>(null);
  plan = $state.raw<Plan | null>(null);
  /** The newest question for a plan: an answer to an older one no longer counts. */
  #asked = Symbol();
  /** The last benchmark on each model on this machine, the newest first. */
  #measurements = $state.raw<readonly Measurement[]>([]);
  /** The model whose benchmark is shown; the one measured last where none was chosen. */
  #model = $state.raw<string | null>(null);
  readonly model = $derived(this.#model ?? this.#measurements[0]?.model ?? null);
  readonly measured = $derived(this.#measurements.find(({ model }) => model === this.model) ?? null);
  readonly fastest = $derived(fastestOf(this.measured?.results ?? []));
  /** The fastest measured, where new runs take another engine or device and it can be used. */
  readonly better = $derived.by<Measured | null>(() => {
    const used = connection.engine;
    const best = this.fastest;
    if (best === null || used === null) return null;
    if (!connection.engines.some(({ name, available }) => name === best.name && available)) return null;
    const device = used.devices.find(({ inUse }) => inUse)?.name ?? null;
    return used.name === best.name && device === best.device ? null : best;
  });

  /** The engines, the fastest measured first. */
  sorted(engines: readonly Engine[]): Engine[] {
    const results = this.measured?.results ?? [];
    const speed = ({ name }: Engine): number => measuredOf(results, name)?.examplesPerSecond ?? 0;
    return engines.toSorted((a, b) => speed(b) - speed(a));
  }

  /** An engine's devices, the fastest measured first. */
  sortedDevices({ name, devices }: Engine): Engine['devices'] {
    const order = bySpeed(this.measured?.results ?? []).filter((result) => result.name === name);
    const place = (device: string): number => {
      const at = order.findIndex((result) => result.device === device);
      return at < 0 ? order.length : at;
    };
    return devices.toSorted((a, b) => place(a.name) - place(b.name));
  }

  /** Shows what was last measured on a model. */
  async show(model: string): Promise<void> {
    this.#model = model;
    await this.list();
  }

  /** Reads the benchmarks that were kept. */
  async loadMeasured(): Promise<void> {
    this.#measurements = await client.call('engines.measured', {});
  }

  /** What the reasons of the list are to be of. */
  readonly #ofModel = $derived(this.model === null ? {} : { model: this.model });

  /** The list with its reasons as they now are. */
  async list(): Promise<void> {
    connection.engines = await client.call('engines.list', this.#ofModel);
  }

  /** Looks for adapters anew, and takes the settings' choice into account. */
  async look(): Promise<void> {
    this.looking = true;
    this.error = null;
    try {
      connection.engines = await client.call('engines.look', this.#ofModel);
    } catch (reason) {
      this.error = toErrorValue(reason);
    } finally {
      this.looking = false;
    }
  }

  /** Settles on an engine, or on a device of the one for graphics adapters, for new runs. */
  async choose(key: 'engine' | 'device', value: string): Promise<void> {
    await settings.set(key, value);
    await this.list();
  }

  /** Has new runs take the engine, and the device, that was measured to be the fastest. */
  async takeFastest({ name, device }: Measured): Promise<void> {
    const engine = engineChoiceSchema.parse(name);
    await client.call('engines.use', { engine, device });
    await settings.load();
    await this.list();
  }

  async measure(model: string): Promise<void> {
    this.#model = model;
    await this.measuring.run('engines.benchmark', { model });
    await this.loadMeasured();
    await this.look();
  }

  /** What installing would fetch; null where it cannot be told, which `installing.error` says. */
  async load(origin: Origin): Promise<void> {
    this.installing.error = null;
    const asked = (this.#asked = Symbol());
    let plan: Plan | null = null;
    let error: ErrorValue | null = null;
    try {
      plan = await client.call('engines.plan', { engine: 'tensorflow', ...origin });
    } catch (reason) {
      error = toErrorValue(reason);
    }
    if (asked !== this.#asked) return;
    this.plan = plan;
    this.installing.error = error;
  }

  /** Whether it was installed. */
  async install(origin: Origin): Promise<boolean> {
    const installed = await this.installing.run('engines.install', { engine: 'tensorflow', ...origin });
    if (!installed) return false;
    notify(`Installed tensorflow: ${installed.detail}`);
    await this.look();
    return true;
  }

  async remove(): Promise<void> {
    await client.call('engines.remove', { engine: 'tensorflow' });
    notify('Removed tensorflow');
    await this.look();
  }
}

export const engineWork = new EngineWork();
