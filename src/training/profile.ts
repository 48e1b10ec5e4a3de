/** Where an epoch's time goes: kernels by the engine's own clocks, everything else by laps of one clock between them. */
import type { FromChild } from '../shared/protocol.ts';
import type { EngineProfile, KernelTotals } from './engines/engine.ts';

type Told = Omit<Extract<FromChild, { type: 'profile' }>, 'type'>;

/** In seconds; all but the first count up from the profile's begin. */
interface Clocks {
  now: number;
  run: number;
  own: number;
  plans: number;
}

/** Sums since the profile began. */
interface Sums {
  epochs: number;
  seconds: number;
  runSeconds: number;
  kernels: KernelTotals[];
  laps: Record<string, number>;
}

const OWN = 'keeping this profile';
const PLANS = 'plans, panels and sums of the engine';

export class Profiler {
  readonly #engine: EngineProfile;
  readonly #threads: number;
  readonly #limit: () => number;
  readonly #laps: Record<string, number> = {};
  #epochs = 0;
  #seconds = 0;
  /** The clocks at the last lap. */
  #at: Clocks;
  /** At the end of the first epoch, and of the last that is complete. */
  #first: Sums | null = null;
  #last: Sums | null = null;

  /** @param limit measures the machine; called once, at the end */
  constructor(engine: EngineProfile, threads: number, limit: () => number) {
    this.#engine = engine;
    this.#threads = threads;
    this.#limit = limit;
    this.#at = this.#clocks();
  }

  /** Forgets the time since the last lap: training begins, or goes on after a pause. */
  restart(): void {
    this.#at = this.#clocks();
  }

  #clocks(): Clocks {
    const { runSeconds, ownSeconds, planSeconds } = this.#engine;
    return { now: performance.now() / 1000, run: runSeconds, own: ownSeconds, plans: planSeconds };
  }

  /** What passed since the last lap, less what kernels took of it, was spent on `name`. */
  lap(name: string): void {
    const [before, at] = [this.#at, this.#clocks()];
    const [wall, own, plans] = [at.now - before.now, at.own - before.own, at.plans - before.plans];
    this.#laps[OWN] = (this.#laps[OWN] ?? 0) + own;
    this.#laps[PLANS] = (this.#laps[PLANS] ?? 0) + plans;
    this.#laps[name] = (this.#laps[name] ?? 0) + wall - own - plans - (at.run - before.run);
    this.#seconds += wall;
    this.#at = at;
  }

  /** An epoch is complete. */
  epochEnd(): void {
    this.#epochs++;
    this.#last = {
      epochs: this.#epochs,
      seconds: this.#seconds,
      runSeconds: this.#at.run,
      kernels: this.#engine.kernels(),
      laps: { ...this.#laps },
    };
    this.#first ??= this.#last;
  }

  /** The mean complete epoch, without the first where there are more; null before there is one. */
  result(): Told | null {
    if (!this.#first || !this.#last) return null;
    const { epochs, seconds, runSeconds, kernels, laps } = difference(
      this.#last,
      this.#first === this.#last ? null : this.#first,
    );
    const threads = this.#threads;
    const limit = this.#limit();
    const busy = kernels.reduce((sum, kernel) => sum + kernel.seconds, 0);
    const idle = threads * runSeconds - busy;
    const outside = Object.entries(laps)
      .map(([name, spent]) => ({ name, seconds: spent / epochs, share: spent / seconds }))
      .sort((a, b) => b.seconds - a.seconds);
    return {
      epochs,
      threads,
      seconds: seconds / epochs,
      kernels: kernels
        .map(({ name, calls, seconds: spent, multiplications }) => {
          const gmacs = multiplications === null ? null : multiplications / spent / 1e9;
          return {
            name,
            calls: calls / epochs,
            seconds: spent / epochs,
            share: spent / (threads * seconds),
            gmacs,
            ofLimit: gmacs === null ? null : (gmacs * threads) / limit,
          };
        })
        .sort((a, b) => b.seconds - a.seconds),
      idle: { seconds: idle / epochs, share: idle / (threads * seconds) },
      outside,
      outsideShare: (seconds - runSeconds - (laps[PLANS] ?? 0) - (laps[OWN] ?? 0)) / seconds,
      plansShare: (laps[PLANS] ?? 0) / seconds,
      ownShare: (laps[OWN] ?? 0) / seconds,
      limit,
    };
  }
}

/** What came in after `before`. */
function difference(now: Sums, before: Sums | null): Sums {
  if (!before) return now;
  const known = new Map(before.kernels.map((kernel) => [kernel.name, kernel]));
  return {
    epochs: now.epochs - before.epochs,
    seconds: now.seconds - before.seconds,
    runSeconds: now.runSeconds - before.runSeconds,
    kernels: now.kernels
      .map((kernel) => less(kernel, known.get(kernel.name)))
      .filter(({ calls }) => calls > 0),
    laps: Object.fromEntries(
      Object.entries(now.laps).map(([name, spent]) => [name, spent - (before.laps[name] ?? 0)]),
    ),
  };
}

function less(kernel: KernelTotals, before: KernelTotals | undefined): KernelTotals {
  if (!before) return kernel;
  const { name, calls, seconds, multiplications } = kernel;
  return {
    name,
    calls: calls - before.calls,
    seconds: seconds - before.seconds,
    multiplications: multiplications === null ? null : multiplications - (before.multiplications ?? 0),
  };
}
