/** Opens files of runs and of models of other programs: they become part of the workspace, and are shown. */
import { compiledWords } from '../../shared/compiled.ts';
import { formatCount } from '../state/format.ts';
import { models } from '../state/models.svelte.ts';
import { notify } from '../state/notices.ts';
import { router } from '../state/router.svelte.ts';
import { bringModel, bringRun } from './bring.ts';

/** A model of another program becomes one of the user's own, so that its weights are kept with it. */
export async function openModel(file: File): Promise<void> {
  const { model, weights, compiled, notes } = await bringModel(file);
  const came =
    weights === null
      ? 'without weights'
      : `with ${formatCount(weights)} weights, from which a training begins`;
  const how = compiled === null ? [] : [`Compiled with ${compiledWords(compiled)}.`];
  notify([`Imported ${model.name} ${came}.`, ...how, ...notes].join(' '));
  // The list may not have heard of it yet, and the builder opens what the list has.
  await models.load();
  router.go('build', [model.name]);
}

export async function openRun(file: File): Promise<void> {
  const run = await bringRun(file);
  notify(`Opened the run ${run.name}`);
  router.go('runs', [run.id]);
}

/** What opens a file that is dropped anywhere; null for what may be data, which Data alone takes. */
export function openerOf({ name }: Pick<File, 'name'>): ((file: File) => Promise<void>) | null {
  if (/\.unroll$/i.test(name)) return openRun;
  return /\.(?:keras|h5|hdf5)$/i.test(name) ? openModel : null;
}
