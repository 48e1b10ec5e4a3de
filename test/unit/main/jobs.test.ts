import { describe, expect, it } from 'vitest';
import { EventBus } from '../../../src/main/events.ts';
import { Jobs, type JobContext } from '../../../src/main/jobs.ts';
import type { EventPayload } from '../../../src/shared/contract/index.ts';
import { UnrollError } from '../../../src/shared/errors.ts';

function jobsWithEvents() {
  const events = new EventBus();
  const told: EventPayload<'job.changed'>[] = [];
  const ended = Promise.withResolvers<EventPayload<'job.changed'>>();
  events.on('job.changed', (change) => {
    told.push(change);
    if (change.state !== 'running') ended.resolve(change);
  });
  return { jobs: new Jobs(events, (error) => error), told, ended: ended.promise };
}

/** Work that ends only when it is cancelled. */
const untilCancelled = ({ signal }: JobContext) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));

describe('a job', () => {
  it('tells its progress and its result, both after its id is known', async () => {
    const { jobs, told, ended } = jobsWithEvents();
    const { job } = jobs.start('count', async ({ progress }) => {
      progress(0.5, 'half');
      progress(0.6, 'too soon after the last to be told');
      return Promise.resolve(42);
    });
    expect(told).toEqual([]);
    expect(await ended).toMatchObject({ job, state: 'done', result: 42, error: null });
    expect(told.map(({ detail }) => detail)).toEqual(['half', '']);
    expect(jobs.list()).toEqual([{ job, title: 'count', state: 'done' }]);
  });

  it('that fails ends in the error value', async () => {
    const { jobs, ended } = jobsWithEvents();
    jobs.start('fail', () => Promise.reject(new UnrollError('text-empty')));
    expect(await ended).toMatchObject({ state: 'failed', error: { code: 'text-empty' } });
  });

  it('ends as cancelled when it is', async () => {
    const { jobs, ended } = jobsWithEvents();
    const { job } = jobs.start('wait', untilCancelled);
    setImmediate(() => jobs.cancel(job));
    expect(await ended).toMatchObject({
      state: 'cancelled',
      error: { code: 'cancelled', message: 'wait was cancelled.' },
    });
  });

  it('cancelled before it began never begins', async () => {
    const { jobs, ended } = jobsWithEvents();
    let began = false;
    const { job } = jobs.start('late', () => {
      began = true;
      return Promise.resolve();
    });
    jobs.cancel(job);
    expect(await ended).toMatchObject({ state: 'cancelled' });
    expect(began).toBe(false);
  });

  it('that nobody started cannot be cancelled', () => {
    expect(() => jobsWithEvents().jobs.cancel('x')).toThrow(expect.objectContaining({ code: 'not-found' }));
  });

  it('is cancelled and waited for when the application closes', async () => {
    const { jobs, told } = jobsWithEvents();
    jobs.start('wait', untilCancelled);
    await jobs.close();
    expect(told.map(({ state }) => state)).toEqual(['cancelled']);
  });
});
