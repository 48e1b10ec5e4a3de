import { expect, it, vi, onTestFinished } from 'vitest';
import type { Application } from '../../../src/main/application.ts';
import { openWorkspace } from '../../../src/main/store/database.ts';
import type { Input } from '../../../src/shared/contract/index.ts';
import { once, open } from '../../faults/applications.ts';
import { insertSmallDataset, temporaryFolder } from './workspace.ts';

async function follow(application: Application, input: Input<'lecture.follow'>) {
  const ended = once(application, 'job.changed', ({ state }) => state !== 'running');
  await application.call('lecture.follow', { limit: 20, epochs: 1, ...input });
  return ended;
}

function withoutKeras(): void {
  vi.stubEnv('KERAS_HOME', temporaryFolder());
  onTestFinished(() => void vi.unstubAllEnvs());
}

it('follows with generated reviews where they are asked for, though IMDB is there', async () => {
  withoutKeras();
  const folder = temporaryFolder();
  const { db, close } = openWorkspace(folder);
  await insertSmallDataset(db, 'imdb');
  db.prepare(`UPDATE datasets SET source = '{"format":"keras-npz"}'`).run();
  close();
  const application = open(folder);
  expect(await follow(application, {})).toMatchObject({ result: { dataset: 'imdb' } });
  expect(await follow(application, { source: 'imdb' })).toMatchObject({ result: { dataset: 'imdb' } });
  const generated = await follow(application, { source: 'generated' });
  expect(generated).toMatchObject({ result: { dataset: 'generated-reviews' } });
});

it('generates nothing where IMDB is asked for and is nowhere', async () => {
  withoutKeras();
  const application = open(temporaryFolder());
  expect(await follow(application, { source: 'imdb' })).toMatchObject({
    state: 'failed',
    error: { code: 'imdb-missing' },
  });
  expect(await application.call('data.list', {})).toEqual([]);
});
