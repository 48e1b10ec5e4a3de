/** Paired experiments queued from here, and what happens when all their runs have ended: they are opened in Compare. */
import { toast } from 'svelte-sonner';
import type { Input } from '../../shared/contract/index.ts';
import { quote } from '../../shared/query/tokens.ts';
import { leftOutText } from '../../shared/sweep.ts';
import { client } from '../client/client.ts';
import { notify, notifyWith } from './notices.ts';
import { plural } from './format.ts';
import { router } from './router.svelte.ts';

interface Experiment {
  name: string;
  /** The runs to compare. */
  compare: readonly string[];
  /** Runs that have not ended. */
  waiting: Set<string>;
}

const ENDED: ReadonlySet<string> = new Set(['done', 'stopped', 'failed', 'interrupted']);
const MOST_COMPARED = 8;
/** Runs a notice has room for. */
const MOST_NAMED = 6;
const NOTICE_MS = 60_000;

function openCompare(runs: readonly string[]): void {
  router.go('compare', [], { runs: runs.slice(0, MOST_COMPARED).join(',') });
}

class Experiments {
  readonly #open: Experiment[] = [];

  constructor() {
    client.on('run.changed', ({ id, status }) => ENDED.has(status) && this.#ended(id));
    client.on('runs.removed', ({ runs }) => runs.forEach((run) => this.#ended(run)));
  }

  /** Queues an experiment and goes to its runs; when they have ended, to Compare, where that is wanted. */
  async start(input: Input<'training.sweep'>, compare: boolean): Promise<void> {
    const { name, runs, leftOut, compare: compared } = await client.call('training.sweep', input);
    const said = leftOutText(leftOut, MOST_NAMED);
    const open = () => openCompare(compared);
    if (runs.length === 0) return notifyWith(said, 'Compare', open);
    if (compare) this.#open.push({ name, compare: compared, waiting: new Set(runs.map(({ id }) => id)) });
    const queued = `${name}: ${plural(runs.length, 'run')} queued`;
    if (said === '') notify(queued);
    else notifyWith(`${queued}. ${said}`, 'Compare', open);
    router.go('runs', [], { filter: `sweep = ${quote(name)}` });
  }

  #ended(run: string): void {
    for (const experiment of [...this.#open]) {
      if (!experiment.waiting.delete(run) || experiment.waiting.size > 0) continue;
      this.#open.splice(this.#open.indexOf(experiment), 1);
      this.#show(experiment);
    }
  }

  /** Goes to Compare from the list of runs; whoever is elsewhere by now is told, not taken away. */
  #show({ name, compare }: Experiment): void {
    const open = () => openCompare(compare);
    const { screen, path } = router.place;
    if (screen === 'runs' && path.length === 0) open();
    else toast(`${name} is done`, { duration: NOTICE_MS, action: { label: 'Compare', onClick: open } });
  }
}

export const experiments = new Experiments();
