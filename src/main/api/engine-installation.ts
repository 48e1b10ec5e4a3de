import { resolve } from 'node:path';
import type { engineInstallationContract } from '../../shared/contract/engine-installation.ts';
import { registryConfiguration } from '../engine-installation/fetch.ts';
import {
  freeBytes,
  installTensorflow,
  planOf,
  removeTensorflow,
  roomFor,
} from '../engine-installation/install.ts';
import { enginesFolder } from '../engine-installation/place.ts';
import { done, type Context, type Handlers } from './handlers.ts';

const absolute = (path: string | null): string | null => (path === null ? null : resolve(path));

export function engineInstallationHandlers({
  jobs,
  supervisor: { inference },
}: Pick<Context, 'jobs' | 'supervisor'>): Handlers<typeof engineInstallationContract> {
  return {
    'engines.plan': async ({ python, packages, gpu }) => ({
      folder: enginesFolder(),
      files: planOf({ python, gpu }),
      room: { needed: roomFor({ python, gpu }), free: await freeBytes(enginesFolder()) },
      registries: packages === null ? await registryConfiguration() : { npm: null, pip: null },
    }),
    'engines.install': ({ engine, python, packages, gpu }) =>
      jobs.start(`Install ${engine}`, (job) => {
        const { nodePath } = inference;
        const paths = { python: absolute(python), packages: absolute(packages) };
        return installTensorflow({ engines: enginesFolder(), nodePath, gpu, ...paths }, job);
      }),
    'engines.remove': async () => {
      await removeTensorflow(enginesFolder());
      return done;
    },
  };
}
