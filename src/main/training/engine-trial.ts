/** What only a training child can tell of an engine: whether it works here, and how fast it trains a model. */
import { UnrollError } from '../../shared/errors.ts';
import type { ToChild, FromChild } from '../../shared/protocol.ts';
import { TrainingChild } from './child-process.ts';

export type Trial = Omit<Extract<ToChild, { type: 'try' }>, 'type'>;
export type Tried = Omit<Extract<FromChild, { type: 'tried' }>, 'type'>;

/**
 * Tries an engine in a child of its own, whose end, in whatever way, is an answer too.
 * @param nodePath the Node to run it on, where it is not the one that runs this process
 * @throws what `signal` was aborted with, once the child is gone
 */
export async function tryEngine(
  trial: Trial,
  nodePath: string | undefined,
  signal?: AbortSignal,
): Promise<Tried> {
  signal?.throwIfAborted();
  const answer = Promise.withResolvers<Tried>();
  const unusable = ({ message }: UnrollError) =>
    answer.resolve({ available: false, detail: message, devices: [], examplesPerSecond: null });
  const cancel = () => answer.reject(signal!.reason as Error);
  signal?.addEventListener('abort', cancel);
  const child = new TrainingChild({
    nodePath,
    onMessage(message) {
      if (message.type === 'tried') answer.resolve(message);
      else if (message.type === 'failed') unusable(UnrollError.fromValue(message.error));
    },
    onUnexpectedEnd: ({ error }) => unusable(error),
  });
  child.send({ type: 'try', ...trial });
  try {
    return await answer.promise;
  } finally {
    signal?.removeEventListener('abort', cancel);
    await child.end();
  }
}
