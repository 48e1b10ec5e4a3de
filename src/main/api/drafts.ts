import type { draftsContract } from '../../shared/contract/drafts.ts';
import { UnrollError } from '../../shared/errors.ts';
import { draftOfModel, keepDraft, latestDraft, listDrafts, readDraft, removeDraft } from '../store/drafts.ts';
import { findModel } from '../store/models.ts';
import { done, type Context, type Handlers } from './handlers.ts';

export function draftsHandlers({ db }: Context): Handlers<typeof draftsContract> {
  return {
    'drafts.latest': () => latestDraft(db),
    'drafts.find': ({ model }) => draftOfModel(db, model),
    'drafts.show': ({ id }) => readDraft(db, id),
    'drafts.list': () => listDrafts(db),
    'drafts.keep': (draft) => {
      const { model } = draft;
      if (model !== null && !findModel(db, model))
        throw new UnrollError('not-found', { kind: 'model', name: model });
      return { version: keepDraft(db, draft) };
    },
    'drafts.remove': ({ id }) => {
      if (!removeDraft(db, id)) throw new UnrollError('not-found', { kind: 'draft', name: id });
      return done;
    },
  };
}
