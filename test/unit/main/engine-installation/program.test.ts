import { expect, it } from 'vitest';
import { runProgram } from '../../../../src/main/engine-installation/program.ts';

const run = (script: string, signal: AbortSignal) => runProgram(process.execPath, ['-e', script], { signal });

it('is ended when that is wanted, with what it was aborted with', async () => {
  const controller = new AbortController();
  const reason = new Error('enough');
  const ended = run('setInterval(() => {}, 1000)', controller.signal);
  controller.abort(reason);
  await expect(ended).rejects.toBe(reason);
});

it('may be gone already when it is to be ended', async () => {
  const controller = new AbortController();
  const reason = new Error('too late');
  // What it started is in a group of its own, and holds its output open for a while.
  const start = `require('node:child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 900)'],
    { detached: true, stdio: 'inherit' }).unref()`;
  const ended = run(start, controller.signal);
  setTimeout(() => controller.abort(reason), 500);
  await expect(ended).rejects.toBe(reason);
});
