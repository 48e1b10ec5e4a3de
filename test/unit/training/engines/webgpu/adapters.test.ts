/** What Dawn says of the adapters here: its answer is read as text, so that a version that words it otherwise is met here first. */
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { chooseEngine, probeEngine } from '../../../../../src/training/engines/index.ts';
import { listAdapters, openDevice } from '../../../../../src/training/engines/webgpu/adapters.ts';
import { hostMemory } from '../../../../../src/training/engines/host-memory.ts';

const dawn = vi.hoisted(() => ({ answers: null as ((options: readonly string[]) => unknown) | null }));
vi.mock('webgpu', async (original) => {
  const real = await original<typeof import('webgpu')>();
  const create: typeof real.create = (options) => {
    const answer = dawn.answers?.(options);
    if (answer === undefined) return real.create(options);
    const requestAdapter = () => (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer));
    return { requestAdapter } as unknown as GPU;
  };
  return { ...real, create };
});

/** Until the test ends Dawn answers so; undefined leaves it to the real one. */
function answering(answers: NonNullable<typeof dawn.answers>): void {
  dawn.answers = answers;
  onTestFinished(() => void (dawn.answers = null));
}

const here = await listAdapters();
const isListing = (options: readonly string[]): boolean => options.length === 1;

describe('the adapters', () => {
  it.runIf(process.platform === 'linux')('are read from the answer of the real Dawn', () => {
    expect(here.length).toBeGreaterThan(0);
    for (const { name, via, software, detail } of here) {
      expect(name).toMatch(/\w/);
      expect(via).toBe('vulkan');
      expect(detail).toBe(software ? 'vulkan, in software' : 'vulkan');
    }
  });

  it.runIf(here.some(({ software }) => software))('in software have the memory of the machine', async () => {
    const opened = await openDevice(here.find(({ software }) => software)!);
    expect(opened.sharedBytes).toBe(hostMemory());
    opened.close();
  });

  it('come with those in software last, and one of those that are called and reached alike', async () => {
    const kinds = { Radeon: 'amd', SwiftShader: 'google' };
    answering((options) => {
      const listed = ['SwiftShader', 'Radeon', 'Radeon'].map(
        (name) => ` * backend: 'vulkan', name: '${name}'`,
      );
      if (isListing(options))
        return new Error(['Available adapters:', ...listed, " * backend: 'null', name: 'Null'"].join('\n'));
      const [name, vendor] = Object.entries(kinds).find(([each]) => options.includes(`adapter=${each}`))!;
      return { info: { vendor, isFallbackAdapter: name === 'SwiftShader' } };
    });
    expect((await listAdapters()).map(({ name, detail }) => [name, detail])).toEqual([
      ['Radeon', 'vulkan'],
      ['SwiftShader', 'vulkan, in software'],
    ]);
  });

  it('that cannot be read make the engine say what Dawn answered', async () => {
    answering(() => new Error('found 2 adapters'));
    const { available, detail } = await probeEngine('webgpu');
    expect(available).toBe(false);
    expect(detail).toContain('Dawn answered: Error: found 2 adapters');
    await expect(chooseEngine('webgpu')).rejects.toMatchObject({ code: 'engine-unavailable' });
  });

  it('are none where Dawn finds none', async () => {
    answering(() => null);
    expect(await probeEngine('webgpu')).toMatchObject({
      available: false,
      detail: expect.stringContaining('no graphics adapter') as string,
    });
  });
});
