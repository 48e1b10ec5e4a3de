/** Loaded before a process that is to be killed: it ends as by kill -9 just when an earlier export has stepped aside. */
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const { rename } = promises;
promises.rename = async (from, to) => {
  await rename(from, to);
  if (String(to).endsWith('.before')) process.kill(process.pid, 'SIGKILL');
};
syncBuiltinESMExports();
