/** What a topic's handlers look like and what they work with. The contract decides names, inputs and outputs. */
import type { z } from 'zod';
import type { Method } from '../../shared/contract/method.ts';
import { UnrollError } from '../../shared/errors.ts';
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

/** A handler of any method, called with what that method's input schema has parsed. */
export type Handler = (input: never) => unknown;

/**
 * All topics' handlers by method name.
 * @param methods the names the contract has
 * @throws UnrollError `internal` when two topics answer one method, or none does
 */
export function joinHandlers(
  topics: readonly Record<string, Handler>[],
  methods: readonly string[],
): Map<string, Handler> {
  const handlers = new Map<string, Handler>();
  for (const [method, handler] of topics.flatMap((topic) => Object.entries(topic))) {
    if (handlers.has(method)) throw new UnrollError('internal', { reason: `two handlers answer ${method}.` });
    handlers.set(method, handler);
  }
  const unanswered = methods.filter((method) => !handlers.has(method));
  if (unanswered.length > 0)
    throw new UnrollError('internal', { reason: `no handler answers ${unanswered.join(', ')}.` });
  return handlers;
}
