/** What the draft comes to: how many runs of what size, whether each model fits the data, and what is missing to start. */
import { analyse } from '../../../shared/graph/analyse.ts';
import { fitProblems } from '../../../shared/graph/data-fit.ts';
import type { ModelGraph } from '../../../shared/graph/graph.ts';
import { showShape } from '../../../shared/layers/shapes.ts';
import type { ModelEntry } from '../../../shared/contract/models.ts';
import { client } from '../../client/client.ts';
import { datasets } from '../../state/datasets.svelte.ts';
import { formatCount, plural } from '../../state/format.ts';
import { models } from '../../state/models.svelte.ts';
import { attempt, notify } from '../../state/notices.ts';
import { router } from '../../state/router.svelte.ts';
import { draft } from './draft.svelte.ts';
import { planOf } from './plan.ts';

/** A chosen model beside the data. */
export interface Fit {
  model: ModelEntry;
  problems: readonly { message: string; fix: string }[];
  /** Its input, embedding and output are made to fit the data. */
  adapted: boolean;
}

class Readiness {
  starting = $state(false);
  /** The chosen one; where there is but one, no one has to choose it. */
  readonly dataset = $derived(
    datasets.find(draft.data) ?? (datasets.items.length === 1 ? datasets.items[0] : undefined),
  );
  readonly chosen = $derived(models.items.filter(({ name }) => draft.models.includes(name)));
  readonly plan = $derived(this.dataset === undefined ? null : planOf(this.dataset, draft.training));
  readonly runCount = $derived(this.chosen.length * (draft.seedList?.length ?? 0));
  readonly fits: readonly Fit[] = $derived.by(() => {
    const { dataset } = this;
    if (dataset === undefined) return [];
    const preprocessing = draft.preprocessingFor(dataset);
    const { loss } = draft.lossFor(dataset.task);
    return this.chosen.map((model) => ({
      model,
      problems: fitProblems(draft.graphFor(model, dataset), dataset, preprocessing, loss),
      adapted: model.template || draft.adapted.includes(model.name),
    }));
  });
  /** What is to be done before training can start, in one sentence; null where nothing is. */
  readonly missing = $derived.by(() => {
    if (this.dataset === undefined) return 'Choose a data set.';
    if (this.chosen.length === 0) return 'Choose at least one model.';
    if (!draft.valid) return 'Some settings are not valid; they are marked.';
    if (this.plan !== null && this.plan.train < 1)
      return 'No training examples are left: lower validation_split or raise limit.';
    const misfit = this.fits.find(({ problems }) => problems.length > 0);
    return misfit === undefined ? null : `${misfit.model.title} does not fit the data.`;
  });

  /** Queues one run for each model and seed. */
  start = async (): Promise<void> => {
    const { dataset } = this;
    if (dataset === undefined || this.missing !== null || this.starting) return;
    this.starting = true;
    const queued: string[] = [];
    await attempt(async () => {
      for (const input of draft.runs(this.chosen, dataset))
        queued.push((await client.call('training.start', input)).id);
    });
    this.starting = false;
    if (queued.length === 0) return;
    notify(`${plural(queued.length, 'run')} queued`);
    router.go('runs', queued.length === 1 ? queued : []);
  };
}

export const readiness = new Readiness();

/** From what to what the model leads, and its size. */
export function shapeWords(graph: ModelGraph): string {
  const { nodes, order, output, parameters } = analyse(graph);
  const shapes = [order[0], output].map((id) => nodes.get(id ?? '')?.shape);
  return `${shapes.map((shape) => (shape ? showShape(shape) : '?')).join(' → ')}, ${formatCount(parameters)} parameters`;
}
