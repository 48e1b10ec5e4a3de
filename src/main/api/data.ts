import type { dataContract } from '../../shared/contract/data.ts';
import { UnrollError } from '../../shared/errors.ts';
import { generateDataset, importDataset } from '../bring-data.ts';
import { findImdb } from '../imdb.ts';
import { datasetProfile, datasetSamples } from '../store/dataset-profile.ts';
import { transaction } from '../store/database.ts';
import {
  datasetByName,
  listDatasets,
  removeDataset,
  renameDataset,
  restoreDataset,
} from '../store/datasets.ts';
import { activeRunOn } from '../store/leases.ts';
import { done, type Context, type Handlers } from './handlers.ts';

export function dataHandlers(context: Context): Handlers<typeof dataContract> {
  const { db, events, jobs } = context;
  const changed = () => events.emit('data.changed', { datasets: listDatasets(db) });
  return {
    'data.list': () => listDatasets(db),
    'data.show': ({ name }) => datasetProfile(db, datasetByName(db, name)),
    'data.samples': ({ name, split, from, count, num_words }) =>
      datasetSamples(db, datasetByName(db, name), { split, from, count, num_words }),
    'data.import': (input) =>
      jobs.start(`Import ${input.name ?? input.path}`, (job) => importDataset(context, input, job)),
    'data.generate': (input) =>
      jobs.start(`Generate ${input.name ?? input.task}`, (job) => generateDataset(context, input, job)),
    'data.rename': ({ name, to }) => {
      const renamed = renameDataset(db, name, to);
      changed();
      // Runs are told with the name of their data.
      events.emit('runs.altered', { runs: [] });
      return renamed;
    },
    'data.remove': ({ name }) => {
      transaction(db, () => {
        const inUse = activeRunOn(db, datasetByName(db, name).id);
        if (inUse) throw new UnrollError('data-in-use', { data: name, ...inUse });
        removeDataset(db, name);
      });
      changed();
      return done;
    },
    'data.restore': ({ id }) => {
      restoreDataset(db, id);
      changed();
      return done;
    },
    'data.findImdb': () => findImdb(db),
  };
}
