/** What each engine is found to be, in training children of their own. */
import { afterEach, describe, expect, it } from 'vitest';
import { benchmarkEngines, listEngines, lookForAdapters } from '../../../src/main/engines.ts';
import { trainingSchema } from '../../../src/shared/training.ts';
import { ENGINES_HERE } from '../../conformance/engines.ts';
import { smallGraph } from './workspace.ts';

const device = process.env.UNROLL_DEVICE;
afterEach(() => {
  if (device === undefined) delete process.env.UNROLL_DEVICE;
  else process.env.UNROLL_DEVICE = device;
});

const webgpu = () => listEngines('auto').find(({ name }) => name === 'webgpu')!;
const training = trainingSchema.parse({ batch_size: 4 });

describe('engines', () => {
  it('looks for graphics adapters only when asked to', async () => {
    expect(webgpu()).toMatchObject({ available: false, detail: 'not looked for yet' });
    await lookForAdapters(undefined);
    expect(webgpu().available).toBe(ENGINES_HERE.includes('webgpu'));
    expect(webgpu().detail).not.toBe('not looked for yet');
  });

  it('measures how fast each trains a model, and says of one that fails why', async () => {
    process.env.UNROLL_DEVICE = 'an adapter nobody has';
    const measured = await benchmarkEngines({ graph: smallGraph, training, seconds: 0.1 }, undefined);
    const by = (name: string) => measured.find((engine) => engine.name === name)!;
    expect(by('simd').examplesPerSecond).toBeGreaterThan(0);
    expect(by('webgpu')).toMatchObject({ available: false, examplesPerSecond: null });
    if (ENGINES_HERE.includes('webgpu')) expect(by('webgpu').detail).toContain('an adapter nobody has');
  });
});
