import type { applicationContract } from '../../shared/contract/application.ts';
import { followLecture } from '../lecture.ts';
import type { Context, Handlers } from './handlers.ts';

type Own = Pick<typeof applicationContract, 'lecture.follow'>;

export function lectureHandlers(context: Context): Handlers<Own> {
  return {
    'lecture.follow': (input) =>
      context.jobs.start('Follow the lecture', (job) => followLecture(context, input, job)),
  };
}
