import { z } from 'zod';
import { measuredSchema, measurementSchema } from '../engine-speed.ts';
import { engineChoiceSchema } from '../training.ts';
import { done, jobMethod, method, nothing } from './method.ts';

export const engineStateSchema = z.object({
  name: z.string(),
  available: z.boolean(),
  inUse: z.boolean(),
  /** Threads a run gets where none are chosen; null where the engine has no say in it. */
  threads: z.number().nullable(),
  /** The most its memory can hold, in bytes; null where only trying tells. */
  mostBytes: z.number().nullable(),
  /** `relaxed SIMD, 2 threads` or why it cannot be used. */
  detail: z.string(),
  /** `used: …`, `not used: …` or `not here: …`, with the reason. */
  why: z.string(),
  /** The graphics adapters it can compute on, once looked for; empty for an engine without a choice. */
  devices: z.array(z.object({ name: z.string(), detail: z.string(), inUse: z.boolean() })),
});

const ofModel = z.object({ model: z.string().optional() });

export const applicationContract = {
  'application.info': method(
    nothing,
    z.object({
      version: z.string(),
      workspace: z.string(),
      node: z.string(),
      platform: z.string(),
      cpu: z.string(),
      cores: z.number(),
      shell: z.enum(['electron', 'serve', 'cli']),
    }),
  ),
  /**
   * What is known at once; a graphics adapter only once `engines.look` has looked for one. Measured speeds are those on `model`,
   * or of the last benchmark of any.
   */
  'engines.list': method(ofModel, z.array(engineStateSchema)),
  /** The same list, after looking for graphics adapters. */
  'engines.look': method(ofModel, z.array(engineStateSchema)),
  /** Has new runs use an engine (and a device of it) where none is named for them. Refused where it is not here. */
  'engines.use': method(
    z.object({ engine: engineChoiceSchema, device: z.string().min(1).max(200).nullable().default(null) }),
    z.array(engineStateSchema),
  ),
  /** Trains a model for some seconds on every engine and device, one after the other, on made-up data; the fastest first. */
  'engines.benchmark': jobMethod(
    z.object({ model: z.string(), seconds: z.number().min(0.1).max(60).default(10) }),
    z.array(measuredSchema),
  ),
  /** The last benchmark on each model, of this machine, the newest first. */
  'engines.measured': method(nothing, z.array(measurementSchema)),
  /** Settings are small JSON values by key: theme, pane sizes, chosen engine. */
  'settings.get': method(nothing, z.record(z.string(), z.unknown())),
  'settings.set': method(z.object({ key: z.string().min(1).max(200), value: z.unknown() }), done),
  'jobs.cancel': method(z.object({ job: z.string() }), done),
  'jobs.list': method(
    nothing,
    z.array(
      z.object({
        job: z.string(),
        title: z.string(),
        state: z.enum(['running', 'done', 'failed', 'cancelled']),
      }),
    ),
  ),
  /** One click: data, both models queued on the same split and seed. */
  'lecture.follow': method(
    z.object({
      /** `auto`: IMDB where found or given, else the generated corpus. A file given is IMDB. */
      source: z.enum(['auto', 'imdb', 'generated']).default('auto'),
      file: z.string().optional(),
      wordIndex: z.string().optional(),
      limit: z.number().int().min(2).nullable().default(null),
      epochs: z.number().int().min(1).default(10),
    }),
    z.object({ job: z.string() }),
  ),
};
