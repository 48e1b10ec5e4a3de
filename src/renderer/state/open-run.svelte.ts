/** One run with everything it was made of, as its page shows it, kept up with its changes. */
import type { Run } from '../../shared/contract/runs.ts';
import { toErrorValue, type ErrorValue } from '../../shared/errors.ts';
import { client } from '../client/client.ts';
import { Together } from './together.ts';

export class OpenRun {
  run = $state.raw<Run | null>(null);
  error = $state.raw<ErrorValue | null>(null);
  /** The run's id, or its unique name. */
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  /** Loads and follows the run; call in an effect, the function returned ends it. */
  follow(): () => void {
    void this.load();
    const together = new Together();
    const ends = [
      client.on('run.changed', (run) => {
        if (run.id === this.run?.id) together.later(() => (this.run = run));
      }),
      // Which runs another process changed is not told.
      client.on('runs.altered', ({ runs }) => {
        if (this.run !== null && (runs.length === 0 || runs.includes(this.run.id))) void this.load();
      }),
    ];
    return () => {
      ends.forEach((end) => end());
      together.end();
    };
  }

  async load(): Promise<void> {
    try {
      this.run = await client.call('runs.show', { run: this.run?.id ?? this.#name });
      this.error = null;
    } catch (error) {
      this.error = toErrorValue(error);
    }
  }
}
