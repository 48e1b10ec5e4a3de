import type { applicationContract } from '../../shared/contract/application.ts';
import { trainingSchema } from '../../shared/training.ts';
import { keepMeasurement, readMeasurements } from '../engine-measurements.ts';
import { benchmarkEngines, engineChoice, listEngines, lookForAdapters, requireEngine } from '../engines.ts';
import { applicationVersion, coreCount, cpuModel } from '../machine.ts';
import { readModel } from '../models.ts';
import { transaction } from '../store/database.ts';
import { readSettings, writeSetting } from '../store/settings.ts';
import { done, type Context, type Handlers } from './handlers.ts';

type Own = Omit<typeof applicationContract, 'lecture.follow'>;

export function applicationHandlers({ workspace, db, shell, jobs, supervisor }: Context): Handlers<Own> {
  const { nodePath } = supervisor.inference;
  const engines = ({ model }: { model?: string | undefined }) => {
    const measurements = readMeasurements(db);
    const last = model === undefined ? measurements[0] : measurements.find((one) => one.model === model);
    return listEngines(engineChoice(readSettings(db)), last);
  };
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
    'engines.look': async (input) => {
      await lookForAdapters(nodePath);
      return engines(input);
    },
    'engines.use': async ({ engine, device }) => {
      await requireEngine({ engine, device }, nodePath);
      transaction(db, () => {
        writeSetting(db, 'engine', engine);
        if (engine === 'webgpu') writeSetting(db, 'device', device ?? undefined);
      });
      return engines({});
    },
    'engines.measured': () => readMeasurements(db),
    'engines.benchmark': ({ model, seconds }) => {
      const { graph } = readModel(db, model);
      const trial = { graph, training: trainingSchema.parse({}), seconds };
      return jobs.start('Compare engines', async (job) => {
        const results = await benchmarkEngines(trial, nodePath, job);
        keepMeasurement(db, { model, at: Date.now(), results });
        return results;
      });
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
