import type { applicationContract } from '../../shared/contract/application.ts';
import { listEngines } from '../engines.ts';
import { applicationVersion, coreCount, cpuModel } from '../machine.ts';
import { readSettings, writeSetting } from '../store/settings.ts';
import { done, type Context, type Handlers } from './handlers.ts';

type Own = Omit<typeof applicationContract, 'lecture.follow'>;

export function applicationHandlers({ workspace, db, shell, jobs }: Context): Handlers<Own> {
  return {
    'application.info': () => ({
      version: applicationVersion,
      workspace: workspace.path,
      node: process.versions.node,
      platform: `${process.platform} ${process.arch}`,
      cpu: cpuModel,
      cores: coreCount,
      shell,
    }),
    'engines.list': () => listEngines(String(readSettings(db)['engine'] ?? 'auto')),
    'settings.get': () => readSettings(db),
    'settings.set': ({ key, value }) => {
      writeSetting(db, key, value);
      return done;
    },
    'jobs.list': () => jobs.list(),
    'jobs.cancel': ({ job }) => {
      jobs.cancel(job);
      return done;
    },
  };
}
