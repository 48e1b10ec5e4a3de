/** A run is refused what its engine cannot give before there is one, and before one that is there is touched. */
import { expect, it } from 'vitest';
import { folderWithData, open, smallRun } from '../../../faults/applications.ts';

it('refuses an engine or a device that is not here, and leaves no run and changes none', async () => {
  const application = open(await folderWithData(undefined, 64));
  const device = 'an adapter nobody has';
  const refused = { code: expect.stringMatching(/^(device-unknown|engine-unavailable)$/) as string };
  const start = application.call('training.start', { ...smallRun('kept', 2), engine: 'webgpu', device });
  await expect(start).rejects.toMatchObject(refused);
  const withoutDevices = application.call('training.start', {
    ...smallRun('kept', 2),
    engine: 'simd',
    device,
  });
  await expect(withoutDevices).rejects.toMatchObject({ code: 'device-unknown' });
  await application.call('settings.set', { key: 'device', value: device });
  expect((await application.call('runs.table', {})).ids).toEqual([]);

  // What is settled on for graphics adapters is nothing to an engine without.
  const run = await application.call('training.start', { ...smallRun('kept', 1000), engine: 'simd' });
  expect(run).toMatchObject({ name: 'kept', engine: 'simd' });
  const stopped = await application.call('training.stop', { run: run.id });
  const resume = application.call('training.resume', { run: run.id, engine: 'webgpu', device });
  await expect(resume).rejects.toMatchObject(refused);
  const alike = application.call('training.resume', { run: run.id, device });
  await expect(alike).rejects.toMatchObject({ code: 'device-unknown' });
  expect(await application.call('runs.show', { run: run.id })).toEqual(stopped);
}, 60_000);
