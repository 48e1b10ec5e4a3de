/** The data a model is meant for, which it is checked against, and the batches its costs are counted for. */
import type { Purpose } from '../../../shared/graph/problems.ts';
import { datasets } from '../../state/datasets.svelte.ts';
import { settings } from '../../state/settings.svelte.ts';
import { draft as training } from '../train/draft.svelte.ts';
import type { Batches } from './view.ts';

const KEY = 'build.data';

class ModelPurpose {
  readonly dataset = $derived(datasets.find(String(settings.get(KEY) ?? '')) ?? null);
  /** With the preprocessing and the loss set up for training. */
  readonly current: Purpose | null = $derived(
    this.dataset === null
      ? null
      : {
          dataset: this.dataset,
          preprocessing: training.preprocessingFor(this.dataset),
          loss: training.lossFor(this.dataset.task).loss,
        },
  );
  readonly batches: Batches = $derived({
    batchSize: training.training.batch_size,
    optimizer: training.training.optimizer,
  });

  choose(name: string): void {
    void settings.set(KEY, name);
  }
}

export const purpose = new ModelPurpose();
