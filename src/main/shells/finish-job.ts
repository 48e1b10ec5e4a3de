/** A job of the contract, from its start to its end. */
import type { EventPayload, Input, JobMethodName, JobResult } from '../../shared/contract/index.ts';
import { UnrollError } from '../../shared/errors.ts';
import type { Application } from '../application.ts';

export type JobChange = EventPayload<'job.changed'>;

/**
 * @param onChange sees what the job says before its end
 * @param onStart sees the job's id, by which it can be cancelled
 * @throws UnrollError as the job ended
 */
export async function finishJob<M extends JobMethodName>(
  application: Application,
  method: M,
  input: Input<M>,
  onChange: (change: JobChange) => void = () => undefined,
  onStart: (job: string) => void = () => undefined,
): Promise<JobResult<M>> {
  const ended = Promise.withResolvers<JobResult<M>>();
  const changes: JobChange[] = [];
  let id: string | undefined;
  const follow = (change: JobChange) => {
    if (change.job !== id) return;
    if (change.error) ended.reject(UnrollError.fromValue(change.error as never));
    else if (change.state === 'done') ended.resolve(change.result as JobResult<M>);
    else onChange(change);
  };
  const stop = application.on('job.changed', (change) =>
    id === undefined ? changes.push(change) : follow(change),
  );
  try {
    id = ((await application.call(method, input)) as { job: string }).job;
    onStart(id);
    changes.forEach(follow);
    return await ended.promise;
  } finally {
    stop();
  }
}
