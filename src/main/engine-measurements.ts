/** The last benchmark of the engines on each model and machine, in the settings of the workspace: it may move between machines. */
import { z } from 'zod';
import { measurementSchema, type Measurement } from '../shared/engine-speed.ts';
import { coreCount, cpuModel } from './machine.ts';
import type { ReadableDb, WritableDb } from './store/database.ts';
import { readSettings, writeSetting } from './store/settings.ts';

const KEY = 'engines.measured';
/** Of all models and machines; the oldest are forgotten. */
const KEPT = 50;
const THIS_MACHINE = `${cpuModel}, ${coreCount} cores`;

const keptSchema = z.array(measurementSchema.extend({ machine: z.string() }));

const kept = (db: ReadableDb): z.infer<typeof keptSchema> =>
  keptSchema.catch([]).parse(readSettings(db)[KEY] ?? []);

/** Of this machine, the newest first. */
export function readMeasurements(db: ReadableDb): Measurement[] {
  return kept(db)
    .filter(({ machine }) => machine === THIS_MACHINE)
    .map(({ model, at, results }) => ({ model, at, results }));
}

/** In the place of the one before on the same model and machine. */
export function keepMeasurement(db: WritableDb, measurement: Measurement): void {
  const others = kept(db).filter(
    ({ machine, model }) => machine !== THIS_MACHINE || model !== measurement.model,
  );
  writeSetting(db, KEY, [{ machine: THIS_MACHINE, ...measurement }, ...others].slice(0, KEPT));
}
