/** What an action asks of the user before it is done: the window, the field or the list that is open for which run. */
import type { Run } from '../../../shared/contract/runs.ts';
import { client } from '../../client/client.ts';

/** A menu gives the focus back as it closes; what is to have it comes once that is done. */
const afterMenu = (act: () => void): void => void setTimeout(act);

class Asked {
  /** Ids of the runs whose windows were opened last; the windows themselves are open or closed. */
  exported = $state.raw<string | null>(null);
  exporting = $state(false);
  varied = $state.raw<Run | null>(null);
  varying = $state(false);
  /** The run whose name is a field in the table. */
  renamed = $state.raw<string | null>(null);
  /** Whether the tags of the chosen runs are shown above the table. */
  tagging = $state(false);

  rename(run: string): void {
    afterMenu(() => (this.renamed = run));
  }

  tag(): void {
    afterMenu(() => (this.tagging = true));
  }

  export(run: string): void {
    this.exported = run;
    this.exporting = true;
  }

  async vary(run: string): Promise<void> {
    this.varied = await client.call('runs.show', { run });
    this.varying = true;
  }
}

export const asked = new Asked();
