import type { modelsContract } from '../../shared/contract/models.ts';
import { UnrollError } from '../../shared/errors.ts';
import { findOwn, isBuiltIn, listAllModels, modelEntry, parametersOf, readModel } from '../models.ts';
import {
  findModel,
  listRevisions,
  removeModel,
  renameModel,
  restoreModel,
  saveModel,
} from '../store/models.ts';
import { done, type Context, type Handlers } from './handlers.ts';

export function modelsHandlers({ db, events }: Context): Handlers<typeof modelsContract> {
  const changed = () => events.emit('models.changed', {});
  return {
    'models.list': () => listAllModels(db),
    'models.show': ({ name }) => readModel(db, name),
    'models.save': ({ name, graph, ...about }) => {
      if (isBuiltIn(name)) throw new UnrollError('name-taken', { kind: 'model', name });
      const saved = saveModel(db, name, { ...graph, name }, about);
      changed();
      return modelEntry(saved);
    },
    'models.rename': ({ name, to }) => {
      findOwn(db, name);
      if (isBuiltIn(to) || findModel(db, to))
        throw new UnrollError('name-taken', { kind: 'model', name: to });
      const renamed = renameModel(db, name, to);
      changed();
      return modelEntry(renamed);
    },
    'models.revisions': ({ name }) => {
      findOwn(db, name);
      return listRevisions(db, name).map((one) => ({ ...one, parameters: parametersOf(one.graph) }));
    },
    'models.restoreRevision': ({ name, revision }) => {
      findOwn(db, name);
      const found = listRevisions(db, name).find((one) => one.revision === revision);
      if (!found) throw new UnrollError('not-found', { kind: `revision of ${name}`, name: revision });
      const saved = saveModel(db, name, { ...found.graph, name });
      changed();
      return modelEntry(saved);
    },
    'models.remove': ({ name }) => {
      findOwn(db, name);
      removeModel(db, name);
      changed();
      return done;
    },
    'models.restore': ({ name }) => {
      if (!restoreModel(db, name)) throw new UnrollError('not-found', { kind: 'model', name });
      changed();
      return done;
    },
  };
}
