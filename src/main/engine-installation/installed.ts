/** What is installed; whether it works here, the child says when it starts it. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { INSTALLATION_FILE, parseInstallation } from '../../shared/engine-installation.ts';

/** @param engines the folder of all engines */
export function tensorflowState(engines: string): { available: boolean; detail: string } {
  const folder = join(engines, 'tensorflow');
  const path = join(folder, INSTALLATION_FILE);
  const installation = existsSync(path) ? parseInstallation(readFileSync(path, 'utf8')) : null;
  if (!installation) {
    const detail = 'not installed; to install it: unroll engines install tensorflow';
    return { available: false, detail };
  }
  const { tensorflow, python, gpu, library } = installation;
  if (!existsSync(resolve(folder, library)))
    return { available: false, detail: `its TensorFlow in ${library} is gone; install it again` };
  const origin = python === null ? (gpu ? ' with CUDA' : '') : ` of ${python}`;
  return { available: true, detail: `TensorFlow ${tensorflow}${origin}` };
}
