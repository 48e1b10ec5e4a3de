/** What a topic's handlers look like and what they work with. The contract decides names, inputs and outputs. */
import type { z } from 'zod';
import type { Method } from '../../shared/contract/method.ts';
import type { EventBus } from '../events.ts';
import type { Jobs } from '../jobs.ts';
import type { WritableDb, Workspace } from '../store/database.ts';
import type { Supervisor } from '../training/supervisor.ts';

export type Shell = 'electron' | 'serve' | 'cli';

export interface Context {
  workspace: Workspace;
  db: WritableDb;
  shell: Shell;
  events: EventBus;
  jobs: Jobs;
  supervisor: Supervisor;
}

/** One handler for every method of a topic's contract: a missing, misspelt or wrongly typed one does not compile. */
export type Handlers<C extends Record<string, Method>> = {
  [M in keyof C]: (
    input: z.output<C[M]['input']>,
  ) => z.output<C[M]['output']> | Promise<z.output<C[M]['output']>>;
};

export const done = { done: true } as const;
