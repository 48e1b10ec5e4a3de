import type { exchangeContract } from '../../shared/contract/exchange.ts';
import { UnrollError } from '../../shared/errors.ts';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { requireFolderOf } from '../exporters/place.ts';
import { requireFile } from '../importers/files.ts';
import { readKerasJson } from '../importers/models/keras-json.ts';
import { beginningOf, compiledOf, importModel } from '../import-model.ts';
import { scoreFile } from '../scoring/file.ts';
import { formatOf } from '../scoring/rows.ts';
import { fromNumbers, fromSteps, fromText, score } from '../scoring/score.ts';
import { findScorer, scoringCheckpoint } from '../scoring/scorer.ts';
import { listDatasets } from '../store/datasets.ts';
import { RunFile } from '../store/run-file.ts';
import type { Context, Handlers } from './handlers.ts';

/** Which of several an error is of; one alone needs no place. */
const placeIn = (list: string, all: readonly unknown[], index: number): string | undefined =>
  all.length === 1 ? undefined : `${list}[${index}]`;

export function exchangeHandlers({
  db,
  events,
  jobs,
  supervisor: { inference },
}: Context): Handlers<typeof exchangeContract> {
  return {
    'models.import': ({ path, name }) =>
      jobs.start(`Import ${basename(path)}`, async (job) => {
        const brought = await importModel(db, path, name, job);
        events.emit('models.changed', {});
        return brought;
      }),
    'models.read': ({ text }) => {
      const { graph, notes } = readKerasJson(Buffer.from(text), 'The clipboard', 'pasted');
      return { graph, notes };
    },
    'models.compiled': ({ name }) => compiledOf(db, name),
    'models.beginning': ({ name, graph }) => beginningOf(db, name, graph),
    'predictions.checkpoint': ({ source, checkpoint }) => scoringCheckpoint(db, source, checkpoint),
    'predictions.score': ({ source, checkpoint, texts = [], tokens = [], series = [] }) =>
      jobs.start(`Predict with ${basename(source)}`, async (job) => {
        const scorer = await findScorer(db, source, checkpoint);
        const encoded = [
          ...texts.map((text, i) => fromText(scorer, text, placeIn('texts', texts, i))),
          ...tokens.map((ids, i) => fromNumbers(scorer, ids, placeIn('tokens', tokens, i))),
          ...series.map((steps, i) => fromSteps(scorer, steps, placeIn('series', series, i))),
        ];
        if (encoded.length === 0)
          throw new UnrollError('input-invalid', { what: 'texts', reason: 'there is nothing to predict.' });
        return score(inference, scorer, encoded, job);
      }),
    'predictions.file': async ({ source, checkpoint, path, format, textColumn, out, replace }) => {
      await requireFile(path);
      await requireFolderOf(out);
      return jobs.start(`Predict with ${basename(source)}`, async (job) => {
        const scorer = await findScorer(db, source, checkpoint);
        const file = {
          path,
          format: format === 'auto' ? formatOf(path) : format,
          textColumn,
          out: resolve(out),
          replace,
        };
        return { path: file.out, ...(await scoreFile(inference, scorer, file, job)) };
      });
    },
    'exports.folder': () => {
      const downloads = join(homedir(), 'Downloads');
      return { folder: existsSync(downloads) ? downloads : homedir() };
    },
    'runs.import': ({ path, name }) =>
      jobs.start(`Import ${basename(path)}`, (job) => {
        job.progress(null, 'Reading');
        const file = new RunFile(path);
        try {
          const run = file.addTo(db, name);
          events.emit('run.changed', run);
          events.emit('data.changed', { datasets: listDatasets(db) });
          return Promise.resolve(run);
        } finally {
          file.close();
        }
      }),
  };
}
