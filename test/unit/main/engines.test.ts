/** What each engine is found to be, in training children of their own. */
import { describe, expect, it } from 'vitest';
import { keepMeasurement, readMeasurements } from '../../../src/main/engine-measurements.ts';
import {
  benchmarkEngines,
  engineChoice,
  listEngines,
  lookForAdapters,
  requireEngine,
} from '../../../src/main/engines.ts';
import { readSettings, writeSetting } from '../../../src/main/store/settings.ts';
import { tryEngine } from '../../../src/main/training/engine-trial.ts';
import { trainingSchema } from '../../../src/shared/training.ts';
import { ENGINES_HERE } from '../../conformance/engines.ts';
import { smallGraph, temporaryWorkspace } from './workspace.ts';

const hasAdapter = ENGINES_HERE.includes('webgpu');
const webgpu = (device: string | null = null) =>
  listEngines({ engine: 'auto', device }).find(({ name }) => name === 'webgpu')!;
const training = trainingSchema.parse({ batch_size: 4 });
const model = { graph: smallGraph, training, seconds: 0.1 };

describe('engines', () => {
  it('looks for graphics adapters only when asked to', async () => {
    expect(webgpu()).toMatchObject({ available: false, detail: 'not looked for yet', devices: [] });
    await lookForAdapters(undefined);
    expect(webgpu().available).toBe(hasAdapter);
    expect(webgpu().detail).not.toBe('not looked for yet');
  });

  it('are refused for a run where they, or their device, are not here', async () => {
    await requireEngine({ engine: 'auto', device: null }, undefined);
    await expect(requireEngine({ engine: 'simd', device: 'H100' }, undefined)).rejects.toMatchObject({
      code: 'device-unknown',
      message: expect.stringContaining('no choice of them') as string,
    });
    const unknown = requireEngine({ engine: 'webgpu', device: 'an adapter nobody has' }, undefined);
    const code = hasAdapter ? 'device-unknown' : 'engine-unavailable';
    await expect(unknown).rejects.toMatchObject({ code });
    if (hasAdapter) await requireEngine({ engine: 'webgpu', device: webgpu().devices[0]!.name }, undefined);
  });

  it('keep their last benchmark on each model, for this machine alone, and are judged by it', () => {
    const { db } = temporaryWorkspace();
    const result = (name: string, examplesPerSecond: number) => ({
      ...{ name, device: null, available: true, detail: '', examplesPerSecond },
    });
    const results = [result('tensorflow', 400), result('simd', 100)];
    keepMeasurement(db, { model: 'a', at: 1, results });
    keepMeasurement(db, { model: 'b', at: 2, results });
    keepMeasurement(db, { model: 'a', at: 3, results: [result('simd', 200)] });
    expect(readMeasurements(db).map(({ model, at }) => [model, at])).toEqual([
      ['a', 3],
      ['b', 2],
    ]);
    const used = listEngines({ engine: 'auto', device: null }, readMeasurements(db)[1]);
    expect(used.find(({ inUse }) => inUse)!.why).toContain('measured 4.0 times slower than tensorflow on b');
    const moved = (readSettings(db)['engines.measured'] as object[]).map((one) => ({
      ...one,
      machine: 'other',
    }));
    writeSetting(db, 'engines.measured', moved);
    expect(readMeasurements(db)).toEqual([]);
    writeSetting(db, 'engines.measured', 'damaged');
    expect(readMeasurements(db)).toEqual([]);
  });

  it('tells which adapter is used: the one chosen by a part of its name, or the first', () => {
    const used = (device: string | null) => webgpu(device).devices.filter(({ inUse }) => inUse);
    expect(used(null)).toHaveLength(hasAdapter ? 1 : 0);
    for (const { name } of webgpu().devices)
      expect(used(name.slice(0, 6).toUpperCase())).toMatchObject([{ inUse: true }]);
    expect(used('an adapter nobody has')).toEqual([]);
  });

  it('reads the choice from settings that may hold anything', () => {
    expect(engineChoice({ engine: 'webgpu', device: 'H100' })).toEqual({ engine: 'webgpu', device: 'H100' });
    expect(engineChoice({ engine: 'abacus', device: 7 })).toEqual({ engine: 'auto', device: null });
  });

  it('measures how fast each trains a model on each device, telling how far it is', async () => {
    const told: string[] = [];
    const { signal } = new AbortController();
    const progress = (_: number | null, detail: string) => void told.push(detail);
    const measured = await benchmarkEngines(model, undefined, { signal, progress });
    const by = (name: string) => measured.find((engine) => engine.name === name)!;
    expect(by('simd')).toMatchObject({ device: null, available: true });
    expect(by('simd').examplesPerSecond).toBeGreaterThan(0);
    expect(told.length).toBe(measured.length);
    if (!hasAdapter) return;
    expect(by('webgpu').device).toBe(webgpu().devices[0]!.name);
    expect(by('webgpu').examplesPerSecond).toBeGreaterThan(0);
  }, 60_000);

  it('ends the benchmark when it is cancelled', async () => {
    const abort = new AbortController();
    const progress = () => abort.abort(new Error('enough'));
    const cancelled = benchmarkEngines({ ...model, seconds: 60 }, undefined, {
      signal: abort.signal,
      progress,
    });
    await expect(cancelled).rejects.toThrow('enough');
  });

  it('says of a device that is not there which there are', async () => {
    const tried = await tryEngine({ engine: 'webgpu', device: 'an adapter nobody has', model }, undefined);
    expect(tried).toMatchObject({ available: false, examplesPerSecond: null });
    if (hasAdapter) expect(tried.detail).toContain('an adapter nobody has');
  });
});
