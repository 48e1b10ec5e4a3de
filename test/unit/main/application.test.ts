import { describe, expect, it, onTestFinished } from 'vitest';
import { openApplication, type Application } from '../../../src/main/application.ts';
import type { MethodName } from '../../../src/shared/contract/index.ts';
import { temporaryFolder } from './workspace.ts';

function openEmpty(): Application {
  const application = openApplication({ workspace: temporaryFolder(), shell: 'cli' });
  onTestFinished(() => application.close());
  return application;
}

/** As a transport calls, which knows no types. */
const callUntyped = (application: Application, method: string, input: unknown): Promise<unknown> =>
  application.call(method as MethodName, input as never);

describe('the application', () => {
  it('says where it works and on what', async () => {
    const application = openEmpty();
    expect(await application.call('application.info', {})).toMatchObject({
      workspace: application.workspace,
      node: process.versions.node,
      shell: 'cli',
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/) as string,
    });
  });

  it('refuses a method that is not in the contract', async () => {
    await expect(callUntyped(openEmpty(), 'runs.explode', {})).rejects.toMatchObject({
      code: 'input-invalid',
    });
    await expect(callUntyped(openEmpty(), 'constructor', {})).rejects.toMatchObject({
      code: 'input-invalid',
    });
  });

  it.each([
    ['runs.show', {}, 'run is not valid'],
    ['runs.show', undefined, 'run is not valid'],
    ['settings.set', { key: '', value: 1 }, 'key is not valid'],
    ['models.rename', { name: 'mine', to: ' ' }, 'The new name is not valid: it must not be empty.'],
    [
      'training.start',
      { model: 'a', data: 'b', training: { optimizer: { name: 'sgd', learning_rate: -1 } } },
      'training.optimizer.learning_rate is not valid',
    ],
    [
      'training.start',
      { model: { format: 'unroll-model', version: 1, name: 'm', nodes: [{ id: '1x' }] }, data: 'b' },
      'model.nodes.0.id is not valid',
    ],
    ['compare.runs', { runs: [] }, 'runs is not valid'],
  ])('names the field that is wrong in an input of %s', async (method, input, message) => {
    await expect(callUntyped(openEmpty(), method, input)).rejects.toMatchObject({
      code: 'input-invalid',
      message: expect.stringContaining(message) as string,
    });
  });

  it('keeps settings from one opening to the next', async () => {
    const workspace = temporaryFolder();
    const first = openApplication({ workspace, shell: 'cli' });
    await first.call('settings.set', { key: 'theme', value: 'dark' });
    await first.close();
    const second = openApplication({ workspace, shell: 'serve' });
    expect(await second.call('settings.get', {})).toEqual({ theme: 'dark' });
    await second.close();
  });

  it('lists every engine, one of them in use, and the others with a reason', async () => {
    const application = openEmpty();
    const engines = await application.call('engines.list', {});
    expect(engines.map(({ name }) => name)).toEqual(['simd', 'reference', 'webgpu', 'tensorflow']);
    expect(engines.filter(({ inUse }) => inUse).map(({ name }) => name)).toEqual(['simd']);
    await application.call('settings.set', { key: 'engine', value: 'reference' });
    const chosen = await application.call('engines.list', {});
    expect(chosen.filter(({ inUse }) => inUse).map(({ name }) => name)).toEqual(['reference']);
  });

  it('answers what is not there with what to do', async () => {
    const application = openEmpty();
    for (const method of ['runs.show', 'runs.log', 'training.stop', 'training.resume'] as const) {
      await expect(application.call(method, { run: 'nobody' })).rejects.toMatchObject({ code: 'not-found' });
    }
  });
});
