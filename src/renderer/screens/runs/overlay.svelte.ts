/** The curves of the runs that are drawn above the list: fetched together, kept, and growing while they train. */
import type { Curves } from '../../../shared/contract/runs.ts';
import { client } from '../../client/client.ts';
import { notifyError } from '../../state/notices.ts';
import { withPoint } from '../../state/points.ts';
import { Together } from '../../state/together.ts';

export class Overlay {
  curves = $state.raw<ReadonlyMap<string, Curves>>(new Map());
  readonly #asked = new Set<string>();

  /** Follows the runs whose curves are here; call in an effect, the function returned ends it. */
  follow(): () => void {
    const together = new Together();
    const end = client.on('run.epoch', ({ run, epoch, logs, ...pace }) =>
      together.later(() => {
        const known = this.curves.get(run);
        if (known !== undefined)
          this.curves = new Map(this.curves).set(run, withPoint(known, epoch, logs, pace));
      }),
    );
    return () => {
      end();
      together.end();
    };
  }

  /** Sees to it that these runs' curves are here. */
  async want(runs: readonly string[]): Promise<void> {
    const missing = runs.filter((run) => !this.#asked.has(run));
    if (missing.length === 0) return;
    missing.forEach((run) => this.#asked.add(run));
    try {
      const fetched = await client.call('runs.overlay', { runs: missing });
      this.curves = new Map([...this.curves, ...fetched.map(({ run, curves }) => [run, curves] as const)]);
    } catch (error) {
      missing.forEach((run) => this.#asked.delete(run));
      notifyError(error);
    }
  }
}
