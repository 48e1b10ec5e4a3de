/** A process to be killed: does one piece of work on a workspace, and writes when it begins, what it tells, and when it has ended. */
import { openApplication } from '../../src/main/application.ts';
import { finishJob } from '../../src/main/shells/finish-job.ts';
import { openWorkspace } from '../../src/main/store/database.ts';
import type { Input } from '../../src/shared/contract/index.ts';

export type Work =
  | { kind: 'train'; input: Input<'training.start'> }
  | { kind: 'resume'; run: string }
  | { kind: 'import'; input: Input<'data.import'> }
  | { kind: 'export'; input: Input<'runs.export'> }
  | { kind: 'upgrade' };

const tell = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);

async function train(workspace: string, work: Extract<Work, { kind: 'train' | 'resume' }>): Promise<void> {
  const application = openApplication({ workspace, shell: 'cli' });
  const ended = Promise.withResolvers<void>();
  application.on('run.progress', () => tell({ begun: true, children: application.childPids() }));
  application.on('run.epoch', ({ epoch }) => tell({ epoch }));
  application.on('run.changed', ({ status }) => {
    if (['done', 'failed', 'interrupted', 'stopped'].includes(status)) ended.resolve();
  });
  if (work.kind === 'train') await application.call('training.start', work.input);
  // Its predecessor may have been killed between the run's end and its own.
  else if ((await application.call('runs.show', { run: work.run })).status === 'done') ended.resolve();
  else await application.call('training.resume', { run: work.run });
  await ended.promise;
  await application.close();
}

async function exchange(
  workspace: string,
  work: Extract<Work, { kind: 'import' | 'export' }>,
): Promise<void> {
  const application = openApplication({ workspace, shell: 'cli' });
  tell({ begun: true });
  if (work.kind === 'import') await finishJob(application, 'data.import', work.input);
  else await finishJob(application, 'runs.export', work.input);
  await application.close();
}

const [workspace, json] = process.argv.slice(2) as [string, string];
const work = JSON.parse(json) as Work;
if (work.kind === 'upgrade') {
  tell({ begun: true });
  openWorkspace(workspace).close();
} else if (work.kind === 'train' || work.kind === 'resume') await train(workspace, work);
else await exchange(workspace, work);
tell({ ended: true });
