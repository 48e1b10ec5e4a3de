/** What a reader is fuzzed with, and how its cases are made from real files. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MersenneTwister } from '../../src/shared/random/mersenne-twister.ts';
import { mutateBytes, oneOf } from './mutate.ts';

export interface Target {
  name: string;
  /**
   * Makes what the cases need, once. @param folder one of its own, empty
   * @returns one case: throws an UnrollError for what is refused, and anything else for a fault
   */
  prepare(
    folder: string,
  ): Promise<(random: MersenneTwister) => unknown> | ((random: MersenneTwister) => unknown);
}

export const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** A file that is read after some of its bytes were changed. */
export const file = (
  name: string,
  files: Readonly<Record<string, Uint8Array>>,
  read: (path: string) => unknown,
  mutate: typeof mutateBytes = mutateBytes,
): Target => ({
  name,
  prepare: (folder) => (random) => {
    const own = oneOf(random, Object.keys(files));
    const path = join(folder, own);
    writeFileSync(path, mutate(random, files[own]!));
    return read(path);
  },
});

/** Bytes that are read after some of them were changed. */
export const bytes = (
  name: string,
  seeds: readonly Uint8Array[],
  read: (bytes: Uint8Array) => unknown,
): Target => ({
  name,
  prepare: () => (random) => read(mutateBytes(random, oneOf(random, seeds))),
});
