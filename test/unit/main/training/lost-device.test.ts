/** A graphics device that is lost while a run trains, seen from main: the run is kept, says what happened, and goes on elsewhere. */
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { nextEngine } from '../../../../src/shared/engines.ts';
import { folderWithData, once, open, runEnd, smallRun } from '../../../faults/applications.ts';
import { ENGINES_HERE } from '../../../conformance/engines.ts';

const options = process.env.NODE_OPTIONS;
beforeEach(() => {
  process.env.NODE_OPTIONS = `--import ${pathToFileURL(join(import.meta.dirname, 'losing-device.ts')).href}`;
});
afterEach(() => {
  if (options === undefined) delete process.env.NODE_OPTIONS;
  else process.env.NODE_OPTIONS = options;
});

it.runIf(ENGINES_HERE.includes('webgpu'))(
  'interrupts the run, names the device, and goes on from its last checkpoint with the engine offered',
  async () => {
    const application = open(await folderWithData(undefined, 64));
    const name = 'on the device';
    const firstEpoch = once(application, 'run.epoch', ({ epoch }) => epoch === 1);
    const lost = runEnd(application, name);
    await application.call('training.start', { ...smallRun(name, 1000), engine: 'webgpu' });
    await firstEpoch;
    for (const pid of application.childPids()) process.kill(pid, 'SIGUSR2');
    const run = await lost;
    const engines = await application.call('engines.look', {});
    const { devices } = engines.find((found) => found.name === 'webgpu')!;
    expect(run).toMatchObject({ status: 'interrupted', engine: 'webgpu', error: { code: 'device-lost' } });
    expect(run.error!.message).toContain(devices[0]!.name);
    expect(run.error!.message).toMatch(/driver/i);
    expect(run.epochsDone).toBeGreaterThan(0);

    const engine = nextEngine(run, engines)!;
    expect(engine).toBe('simd');
    const further = once(application, 'run.epoch', ({ epoch }) => epoch > run.epochsDone + 1);
    await application.call('training.resume', { run: run.id, engine });
    expect((await further).epoch).toBe(run.epochsDone + 2);
    const place = / (to|into) epoch \d+, then simd$/;
    const { machine } = await application.call('runs.show', { run: run.id });
    expect(machine['engines']).toMatch(/^webgpu/);
    expect(machine['engines']).toMatch(place);
    const log = await application.call('runs.log', { run: run.id });
    const starts = log.filter(({ message }) => message.includes(' trains from epoch '));
    expect(starts.map(({ message }) => /^(\w+) trains/.exec(message)?.[1])).toEqual(['webgpu', 'simd']);
    const stopped = await application.call('training.stop', { run: run.id });
    expect(stopped).toMatchObject({ status: 'stopped', engine: 'simd', error: null });
  },
  120_000,
);
