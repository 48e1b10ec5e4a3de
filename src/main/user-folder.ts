/** The folder of this user's Unroll, as each system has it. */
import { homedir } from 'node:os';
import { join } from 'node:path';

export function userFolder(): string {
  if (process.platform === 'win32')
    return join(process.env.APPDATA ?? join(homedir(), 'AppData/Roaming'), 'Unroll');
  if (process.platform === 'darwin') return join(homedir(), 'Library/Application Support/Unroll');
  return join(process.env.XDG_DATA_HOME ?? join(homedir(), '.local/share'), 'unroll');
}
