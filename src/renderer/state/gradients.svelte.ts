/** How far each run's loss reached back when last looked, kept from the start so that a page opened later shows it at once. */
import type { EventPayload } from '../../shared/contract/index.ts';
import { client } from '../client/client.ts';

type Gradient = EventPayload<'run.gradient'>;

class Gradients {
  #last = $state.raw<ReadonlyMap<string, Gradient>>(new Map());

  constructor() {
    client.on('run.gradient', (gradient) => (this.#last = new Map(this.#last).set(gradient.run, gradient)));
  }

  /** The last look into a run since the page was loaded, or null. */
  of(run: string): Gradient | null {
    return this.#last.get(run) ?? null;
  }
}

export const gradients = new Gradients();
