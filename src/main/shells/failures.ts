/** Where unexpected errors go with their stack: the file `unroll.log` in the workspace. The user sees only a short word. */
import { join } from 'node:path';
import pino, { type Logger } from 'pino';

const loggers = new Map<string, Logger>();

export function recordFailure(workspace: string, error: unknown): void {
  try {
    let logger = loggers.get(workspace);
    if (!logger) {
      logger = pino(pino.destination({ dest: join(workspace, 'unroll.log'), sync: true, mkdir: true }));
      loggers.set(workspace, logger);
    }
    logger.error(error);
  } catch {
    // A log that cannot be written (a full disk) must not hide the error it is about.
  }
}
