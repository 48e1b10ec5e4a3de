import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { problemReport } from '../../../src/main/problem-report.ts';
import { recordFailure } from '../../../src/main/shells/failures.ts';
import { createRun, editRun } from '../../../src/main/store/runs.ts';
import { insertSmallDataset, newRun, temporaryWorkspace } from './workspace.ts';

it('tells versions, counts, how runs ended and where errors came from, and nothing that is the user’s own', async () => {
  const workspace = temporaryWorkspace();
  const { db, path } = workspace;
  const run = createRun(db, newRun(await insertSmallDataset(db, 'patients'), { name: 'secret-trial' }));
  editRun(db, run.id, { notes: 'what nobody may know', tags: ['ward-7'] });
  recordFailure(path, new TypeError(`cannot read "Mrs. Miller" in /home/someone/patients.csv`));
  const { name, text } = problemReport(workspace);
  expect(name).toMatch(/^unroll-report-\d{4}-\d\d-\d\d\.txt$/);
  expect(text).toContain('runs: 1 rows');
  expect(text).toContain('queued, 0 of 3 epochs, auto, 100 parameters: Input Embedding SimpleRNN Dense');
  expect(text).toMatch(/TypeError: cannot read … in …\n\s+at .*problem-report\.test\.ts/);
  for (const own of ['patients', 'secret-trial', 'nobody', 'ward', 'Miller', 'someone', path])
    expect(text).not.toContain(own);
});

it('tells what it can where the log is no log', () => {
  const workspace = temporaryWorkspace();
  appendFileSync(join(workspace.path, 'unroll.log'), 'half a line');
  const { text } = problemReport(workspace);
  expect(text).toContain('could not be read');
  expect(text).toContain('schema: ');
});
