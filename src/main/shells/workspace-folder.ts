/** The workspace where none is given: the user's data folder, as each system has it; `UNROLL_WORKSPACE` overrides. */
import { homedir } from 'node:os';
import { join } from 'node:path';

export function defaultWorkspace(): string {
  const chosen = process.env.UNROLL_WORKSPACE;
  if (chosen) return chosen;
  if (process.platform === 'win32')
    return join(process.env.APPDATA ?? join(homedir(), 'AppData/Roaming'), 'Unroll');
  if (process.platform === 'darwin') return join(homedir(), 'Library/Application Support/Unroll');
  return join(process.env.XDG_DATA_HOME ?? join(homedir(), '.local/share'), 'unroll');
}
