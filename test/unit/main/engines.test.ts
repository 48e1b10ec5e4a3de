/** What each engine is found to be, in training children of their own. */
import { describe, expect, it } from 'vitest';
import { benchmarkEngines, engineChoice, listEngines, lookForAdapters } from '../../../src/main/engines.ts';
import { tryEngine } from '../../../src/main/training/engine-trial.ts';
import { trainingSchema } from '../../../src/shared/training.ts';
import { ENGINES_HERE } from '../../conformance/engines.ts';
import { smallGraph } from './workspace.ts';

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
