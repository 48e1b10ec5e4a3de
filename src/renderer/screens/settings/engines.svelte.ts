/** What is done with engines on this screen: looking for them, measuring them on a model, installing and removing one. */
import type { Input, JobMethodName, JobResult, Output } from '../../../shared/contract/index.ts';
import { toErrorValue, type ErrorValue } from '../../../shared/errors.ts';
import { client } from '../../client/client.ts';
import { connection } from '../../state/connection.svelte.ts';
import { jobs, type JobState } from '../../state/jobs.svelte.ts';
import { notify } from '../../state/notices.ts';
import { settings } from '../../state/settings.svelte.ts';

export type Measured = JobResult<'engines.benchmark'>[number];
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
  /** Of the last benchmark, and the model it was measured on. */
  measured = $state.raw<{ model: string; results: readonly Measured[] } | null>(null);
  readonly fastest = $derived(fastestOf(this.measured?.results ?? []));

  /** How an engine without a choice of devices ran in the last benchmark, in words; null where it did not. */
  ranAs(name: string): string | null {
    const mine = this.measured?.results.find((result) => result.name === name && result.device === null);
    return mine && mine.examplesPerSecond !== null ? mine.detail : null;
  }

  /** Looks for adapters anew, and takes the settings' choice into account. */
  async look(): Promise<void> {
    this.looking = true;
    this.error = null;
    try {
      connection.engines = await client.call('engines.look', {});
    } catch (reason) {
      this.error = toErrorValue(reason);
    } finally {
      this.looking = false;
    }
  }

  /** Settles on an engine, or on a device of the one for graphics adapters, for new runs. */
  async choose(key: 'engine' | 'device', value: string): Promise<void> {
    await settings.set(key, value);
    connection.engines = await client.call('engines.list', {});
  }

  async measure(model: string): Promise<void> {
    this.measured = null;
    const results = await this.measuring.run('engines.benchmark', { model });
    if (results) this.measured = { model, results };
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
    this.measured = null;
    await this.look();
  }
}

function fastestOf(results: readonly Measured[]): Measured | null {
  const speed = ({ examplesPerSecond }: Measured): number => examplesPerSecond ?? 0;
  const [best] = results.toSorted((a, b) => speed(b) - speed(a));
  return best && speed(best) > 0 ? best : null;
}

export const engineWork = new EngineWork();
