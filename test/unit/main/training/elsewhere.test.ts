import { expect, it, onTestFinished, vi } from 'vitest';
import { openApplication, type Application } from '../../../../src/main/application.ts';
import type { EventName } from '../../../../src/shared/contract/index.ts';
import { folderWithData, once, smallRun } from '../../../faults/applications.ts';
import { work } from '../../../faults/killed-work.ts';

vi.setConfig({ testTimeout: 60_000 });

async function serveData(): Promise<Application> {
  const application = openApplication({ workspace: await folderWithData(), shell: 'serve' });
  onTestFinished(() => application.close());
  return application;
}

it('a run that another process trains is told of from its first epoch to its end, with its curves', async () => {
  const serving = await serveData();
  const epochs: number[] = [];
  const steps: number[] = [];
  const states: string[] = [];
  const places: number[] = [];
  serving.on('run.epoch', ({ epoch }) => epochs.push(epoch));
  serving.on('run.batch', ({ step }) => steps.push(step));
  serving.on('run.progress', ({ epoch, batch, batches, epochs: all }) => {
    expect(batch <= batches && epoch <= all).toBe(true);
    places.push((epoch - 1) * batches + batch);
  });
  serving.on('run.changed', ({ status, epochsDone }) => states.push(`${status} ${epochsDone}`));
  const end = once(serving, 'run.changed', ({ status }) => status === 'done');
  const told: EventName[] = [];
  serving.onAny((event) => told.push(event));
  const outcome = await work(serving.workspace, { kind: 'train', input: smallRun('elsewhere', 30) }, null);
  expect(outcome.ended).toBe(true);
  expect(await end).toMatchObject({ name: 'elsewhere', epochsDone: 30 });
  expect(epochs).toEqual(outcome.epochs);
  expect(steps).toEqual([...steps].sort((a, b) => a - b));
  expect(steps.length).toBeGreaterThan(0);
  expect(places.at(-1)).toBe(steps.at(-1));
  expect(states.at(-1)).toBe('done 30');
  // It was seen on its way, not at its end alone.
  expect(states.some((state) => state.startsWith('running '))).toBe(true);
  expect(told).toContain('runs.altered');
});

it('names, tags and notes that another process gives are told of', async () => {
  const serving = await serveData();
  const { id } = await serving.call('training.start', smallRun('own', 1));
  await once(serving, 'run.changed', ({ status }) => status === 'done');
  const other = openApplication({ workspace: serving.workspace, shell: 'cli' });
  onTestFinished(() => other.close());
  await serving.call('runs.edit', { run: id, notes: 'teh' });
  const edits = [{ name: 'renamed' }, { notes: 'the' }, { tags: ['kept'] }];
  for (const edit of edits) {
    const altered = once(serving, 'runs.altered', () => true);
    await other.call('runs.edit', { run: id, ...edit });
    await altered;
  }
  expect(await serving.call('runs.show', { run: id })).toMatchObject({
    name: 'renamed',
    notes: 'the',
    tags: ['kept'],
  });
});

it('runs that another process archives are told of, and those of this process once', async () => {
  const serving = await serveData();
  const changes: string[] = [];
  serving.on('run.changed', ({ status, epochsDone }) => changes.push(`${status} ${epochsDone}`));
  const end = once(serving, 'run.changed', ({ status }) => status === 'done');
  const { id } = await serving.call('training.start', smallRun('own', 2));
  await end;
  expect(changes.filter((change) => change.startsWith('done'))).toEqual(['done 2']);
  const altered = once(serving, 'runs.altered', () => true);
  const other = openApplication({ workspace: serving.workspace, shell: 'cli' });
  onTestFinished(() => other.close());
  await other.call('runs.change', { runs: [id], archived: true });
  await altered;
  expect(changes.filter((change) => change.startsWith('done'))).toEqual(['done 2']);
});
