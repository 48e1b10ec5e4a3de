/** Engines that are not part of Unroll and can be installed for it. */
import { z } from 'zod';
import { done, jobMethod, method } from './method.ts';

const engine = z.literal('tensorflow');
/** A folder or file of this machine, absolute. */
const path = z.string().min(1).nullable().default(null);
/** Where its files come from, and whether with NVIDIA's libraries. */
const origin = z.object({ engine, python: path, packages: path, gpu: z.boolean().default(false) });

export const engineInstallationContract = {
  /** What installing would fetch, in this order, and where npm and pip are configured to look. */
  'engines.plan': method(
    origin,
    z.object({
      folder: z.string(),
      files: z.array(
        z.object({
          client: z.enum(['npm', 'pip']),
          name: z.string(),
          version: z.string(),
          file: z.string(),
          sha256: z.string(),
          bytes: z.number(),
        }),
      ),
      /** Bytes it takes on the disk while it goes on, and those that are free there. */
      room: z.object({ needed: z.number(), free: z.number() }),
      /** Null for a program that is not there, and where nothing is fetched. */
      registries: z.object({ npm: z.string().nullable(), pip: z.string().nullable() }),
    }),
  ),
  /** `python`: an environment whose TensorFlow is used instead of fetching it. `packages`: a folder with the files of the plan. */
  'engines.install': jobMethod(origin, z.object({ tensorflow: z.string(), detail: z.string() })),
  'engines.remove': method(z.object({ engine }), done),
};
