/** What every command runs in: the application on its workspace, the terminal, and an orderly end whatever happens. */
import type { Input, JobMethodName, JobResult } from '../../../shared/contract/index.ts';
import { UnrollError } from '../../../shared/errors.ts';
import type { Application } from '../../application.ts';
import { recordFailure } from '../failures.ts';
import { finishJob as finish, type JobChange } from '../finish-job.ts';
import type { Terminal } from './terminal.ts';

export const EXIT = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;

export interface Session {
  application: Application;
  terminal: Terminal;
  /** Has `end` done before the application closes, however the command ends. */
  atEnd(end: () => Promise<void>): void;
}

/** What a command on the workspace itself works with; the signal is Ctrl+C. */
export interface Maintenance {
  folder: string;
  terminal: Terminal;
  signal: AbortSignal;
}

/** npm passes Ctrl+C on to a process the terminal already told, so a second one so soon after is the same. */
const SAME_INTERRUPT_MS = 1000;

/** A command tells that it failed although nothing was thrown (a run that ended in an error and was reported). */
export class Failed extends Error {}

class Interrupted extends Error {}

/**
 * Opens the workspace, runs the command and closes again; answers with the exit code. The first Ctrl+C (or SIGTERM) has
 * everything under way save its state, or clear away what it began, as `interrupted` says; the second ends the process at once.
 */
export async function runInSession(
  terminal: Terminal,
  workspace: string,
  shell: 'cli' | 'serve',
  work: (session: Session) => Promise<void>,
  interrupted = 'Interrupted; saving the state.',
): Promise<number> {
  let application: Application | undefined;
  const ends: (() => Promise<void>)[] = [];
  const interruption = Promise.withResolvers<never>();
  let interruptedAt = Infinity;
  const interrupt = () => {
    if (performance.now() - interruptedAt > SAME_INTERRUPT_MS) process.exit(EXIT.interrupted);
    if (interruptedAt === Infinity) interruptedAt = performance.now();
    interruption.reject(new Interrupted());
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  interruption.promise.catch(() => undefined);
  try {
    const { openApplication } = await import('../../application.ts');
    application = openApplication({ workspace, shell });
    await Promise.race([
      work({ application, terminal, atEnd: (end) => void ends.push(end) }),
      interruption.promise,
    ]);
    return EXIT.done;
  } catch (error) {
    if (error instanceof Interrupted) {
      terminal.note(`${interrupted} Once more ends at once.`);
      return EXIT.interrupted;
    }
    if (!(error instanceof Failed)) terminal.failure(error);
    if (!(error instanceof Failed) && !(error instanceof UnrollError)) recordFailure(workspace, error);
    return EXIT.failed;
  } finally {
    for (const end of ends) await end();
    await application?.close();
  }
}

/** Runs work on the workspace itself; answers with the exit code. Ctrl+C (or SIGTERM) cancels it. */
export async function runMaintenance(
  { folder, terminal }: Omit<Maintenance, 'signal'>,
  work: (maintenance: Maintenance) => Promise<void>,
): Promise<number> {
  const abort = new AbortController();
  const interrupt = () => abort.abort(new UnrollError('cancelled', { what: 'The work on the workspace' }));
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    await work({ folder, terminal, signal: abort.signal });
    return EXIT.done;
  } catch (error) {
    if (!(error instanceof Failed)) terminal.failure(error);
    if (!(error instanceof Failed) && !(error instanceof UnrollError)) recordFailure(folder, error);
    return abort.signal.aborted ? EXIT.interrupted : EXIT.failed;
  }
}

/** Runs a job of the contract to its end, with its progress on the terminal. @throws UnrollError as the job ended */
export function finishJob<M extends JobMethodName>(
  { application, terminal }: Session,
  method: M,
  input: Input<M>,
): Promise<JobResult<M>> {
  return finish(application, method, input, (change) => terminal.progress(describe(change)));
}

function describe({ title, detail, progress }: JobChange): string {
  const share = progress === null ? '' : ` ${Math.floor(progress * 100)} %`;
  return `${title}${share}${detail ? ` · ${detail}` : ''}`;
}
