import type { modelsContract } from '../../shared/contract/models.ts';
import { UnrollError } from '../../shared/errors.ts';
import { isBuiltIn, listAllModels, modelEntry, readModel } from '../models.ts';
import { removeModel, restoreModel, saveModel } from '../store/models.ts';
import { done, type Context, type Handlers } from './handlers.ts';

export function modelsHandlers({ db, events }: Context): Handlers<typeof modelsContract> {
  const changed = () => events.emit('models.changed', {});
  return {
    'models.list': () => listAllModels(db),
    'models.show': ({ name }) => readModel(db, name),
    'models.save': ({ name, graph }) => {
      if (isBuiltIn(name)) throw new UnrollError('name-taken', { kind: 'model', name });
      const saved = saveModel(db, name, { ...graph, name });
      changed();
      return modelEntry(saved);
    },
    'models.remove': ({ name }) => {
      if (isBuiltIn(name)) {
        throw new UnrollError('input-invalid', { what: 'name', reason: `${name} is built in and stays.` });
      }
      if (!removeModel(db, name)) throw new UnrollError('not-found', { kind: 'model', name });
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
