/** The whole contract: what any shell offers and any client may call. A method's name is written once, here below. */
import type { z } from 'zod';
import { analysisContract } from './analysis.ts';
import { applicationContract } from './application.ts';
import { compareContract } from './compare.ts';
import { dataContract } from './data.ts';
import { draftsContract } from './drafts.ts';
import { engineInstallationContract } from './engine-installation.ts';
import { exchangeContract } from './exchange.ts';
import type { eventsContract } from './events.ts';
import { experimentsContract } from './experiments.ts';
import { historyContract } from './history.ts';
import { modelsContract } from './models.ts';
import { runsContract } from './runs.ts';
import { workspaceContract } from './workspace.ts';

export const contract = {
  ...applicationContract,
  ...engineInstallationContract,
  ...dataContract,
  ...modelsContract,
  ...draftsContract,
  ...runsContract,
  ...historyContract,
  ...experimentsContract,
  ...compareContract,
  ...exchangeContract,
  ...analysisContract,
  ...workspaceContract,
};

export type Contract = typeof contract;
export type MethodName = keyof Contract;
/** What a caller passes (defaults may be left out). */
export type Input<M extends MethodName> = z.input<Contract[M]['input']>;
/** What a handler receives (defaults filled in). */
export type Parsed<M extends MethodName> = z.output<Contract[M]['input']>;
export type Output<M extends MethodName> = z.output<Contract[M]['output']>;
/** Methods that answer with a job, and what the job yields. */
export type JobMethodName = {
  [M in MethodName]: Contract[M] extends { result: z.ZodType } ? M : never;
}[MethodName];
export type JobResult<M extends JobMethodName> = Contract[M] extends { result: infer R extends z.ZodType }
  ? z.output<R>
  : never;

export type EventName = keyof typeof eventsContract;
export type EventPayload<E extends EventName> = z.output<(typeof eventsContract)[E]>;
