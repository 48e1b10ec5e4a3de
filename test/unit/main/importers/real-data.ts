/** The real files, where they are: in the folder named by UNROLL_TEST_DATA or in ../shared/data beside the checkout. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.env['UNROLL_TEST_DATA'] ?? join(import.meta.dirname, '../../../../../shared/data');

/** The path of a real file, or null, said aloud, where it is absent: the tests that need it are then skipped. */
export function realFile(name: string): string | null {
  const path = join(folder, name);
  if (existsSync(path)) return path;
  console.warn(
    `Skipping the tests on ${name}: it is not in ${folder}. Set UNROLL_TEST_DATA to the folder that has it.`,
  );
  return null;
}
