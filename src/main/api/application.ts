import type { applicationContract } from '../../shared/contract/application.ts';
import { trainingSchema } from '../../shared/training.ts';
import { benchmarkEngines, engineChoice, listEngines, lookForAdapters } from '../engines.ts';
import { applicationVersion, coreCount, cpuModel } from '../machine.ts';
import { readModel } from '../models.ts';
import { readSettings, writeSetting } from '../store/settings.ts';
import { done, type Context, type Handlers } from './handlers.ts';

type Own = Omit<typeof applicationContract, 'lecture.follow'>;

export function applicationHandlers({ workspace, db, shell, jobs, supervisor }: Context): Handlers<Own> {
  const { nodePath } = supervisor.inference;
  const engines = () => listEngines(engineChoice(readSettings(db)));
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
    'engines.list': engines,
    'engines.look': async () => {
      await lookForAdapters(nodePath);
      return engines();
    },
    'engines.benchmark': ({ model, seconds }) => {
      const { graph } = readModel(db, model);
      const trial = { graph, training: trainingSchema.parse({}), seconds };
      return jobs.start('Compare engines', (job) => benchmarkEngines(trial, nodePath, job));
    },
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
