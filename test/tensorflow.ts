/**
 * `npm run test:tensorflow`: installs the engine `tensorflow` for real, as `unroll engines install tensorflow` does, into a folder
 * of its own, and runs on it what is checked on every engine. Its files are 274 MB, so they are not fetched for a test:
 * `UNROLL_TEST_PACKAGES` names a folder that has them (what `engines install` fetches, kept outside of the repository).
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../build/targets.ts';
import { installTensorflow, planOf } from '../src/main/engine-installation/install.ts';

const packages = process.env.UNROLL_TEST_PACKAGES ?? '';
const missing = planOf({ python: null }).filter(({ file }) => !existsSync(join(packages, file)));
if (!packages || missing.length > 0) {
  console.log('*** The engine tensorflow is NOT TESTED: its packages are not at hand. ***');
  console.log('UNROLL_TEST_PACKAGES is to name a folder that has:');
  for (const { file, client, name, version } of missing)
    console.log(`  ${file} (${client}: ${name} ${version})`);
} else {
  process.exitCode = await testInstalled(packages);
}

async function testInstalled(folder: string): Promise<number> {
  const engines = mkdtempSync(join(tmpdir(), 'unroll-engines-'));
  try {
    const { signal } = new AbortController();
    const progress = (_: number | null, detail: string): void => {
      if (process.stdout.isTTY) console.log(detail);
    };
    const { detail } = await installTensorflow(
      { engines, python: null, packages: folder },
      { signal, progress },
    );
    console.log(`Installed: ${detail}`);
    const vitest = join(root, 'node_modules/vitest/vitest.mjs');
    const { status } = spawnSync(process.execPath, [vitest, 'run', 'test/conformance', '-t', 'tensorflow'], {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, UNROLL_ENGINES: engines },
    });
    return status ?? 1;
  } finally {
    rmSync(engines, { recursive: true, force: true });
  }
}
