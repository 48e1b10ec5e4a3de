/** The building blocks of the contract: a method is a name with an input and an output schema, an event a name with a payload. */
import { z } from 'zod';

export interface Method<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  input: I;
  output: O;
}

export function method<I extends z.ZodType, O extends z.ZodType>(input: I, output: O): Method<I, O> {
  return { input, output };
}

/** Long work: answers with a job at once; `job.changed` events carry progress and, at the end, the result or the error. */
export function jobMethod<I extends z.ZodType, R extends z.ZodType>(input: I, result: R) {
  return { input, output: z.object({ job: z.string() }), result };
}

export const nothing = z.object({});
export const done = z.object({ done: z.literal(true) });
