import { expect, it } from 'vitest';
import { folderWithData, once, open, runEnd, smallRun } from '../../../faults/applications.ts';

it('a data set is not removed while this process or another trains on it', async () => {
  const workspace = await folderWithData();
  const [trainer, other] = [open(workspace), open(workspace)];
  const end = runEnd(trainer, 'first');
  const running = once(trainer, 'run.progress', () => true);
  await trainer.call('training.start', smallRun('first', 50));
  await running;
  for (const application of [trainer, other]) {
    await expect(application.call('data.remove', { name: 'small' })).rejects.toMatchObject({
      code: 'data-in-use',
      message: `The data set small cannot be removed: the run first is running on it (process ${process.pid}).`,
    });
  }
  expect(await other.call('data.list', {})).toHaveLength(1);

  await trainer.call('training.stop', { run: 'first' });
  await end;
  const [dataset] = await other.call('data.list', {});
  await other.call('data.remove', { name: 'small' });
  expect(await trainer.call('data.list', {})).toEqual([]);
  await trainer.call('data.restore', { id: dataset!.id });
  expect(await other.call('data.list', {})).toEqual([dataset]);
});

it('a run that waits for its turn or is paused keeps its data too', async () => {
  const workspace = await folderWithData();
  const application = open(workspace);
  const running = once(application, 'run.progress', () => true);
  await application.call('training.start', smallRun('first', 50));
  await running;
  await application.call('training.pause', { run: 'first' });
  await expect(application.call('data.remove', { name: 'small' })).rejects.toMatchObject({
    message: expect.stringContaining('first is paused on it') as string,
  });
});
