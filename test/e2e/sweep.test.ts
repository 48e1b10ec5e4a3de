/** `unroll sweep`: a paired experiment from a file, through the real command line. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { objects, run } from './command-line.ts';

let folder: string;
const unroll = (...commandLine: string[]) => run(['--workspace', join(folder, 'workspace'), ...commandLine]);

function fileWith(content: unknown): string {
  const path = join(folder, 'sweep.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'unroll-test-'));
  await unroll('data', 'generate', 'recall', '--name', 'recall', '--examples', '120', '--length', '8');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const from = {
  model: 'lecture-simple-rnn',
  data: 'recall',
  preprocessing: { num_words: null, maxlen: 8 },
  training: { epochs: 1 },
};

test('trains every combination and says each event of each run', async () => {
  const path = fileWith({ from, vary: { cell: ['SimpleRNN', 'LSTM'] }, name: 'cells' });
  const outcome = await unroll('--json', 'sweep', path);
  expect(outcome.code).toBe(0);
  const events = objects(outcome);
  expect(events.map(({ event }) => event)).toEqual(['sweep', 'run', 'epoch', 'done', 'run', 'epoch', 'done']);
  expect(events[0]).toMatchObject({ name: 'cells', runs: [events[1]!['run'], events[4]!['run']] });
  expect(events[4]!['name']).toBe('lecture-simple-rnn-lstm');
});

test('compares with the run it was taken from, which is not trained again', async () => {
  const path = fileWith({ from: 'lecture-simple-rnn-lstm', vary: { seed: [1, 2] } });
  const outcome = await unroll('sweep', path);
  expect(outcome.code).toBe(0);
  expect(outcome.stderr).toContain('lecture-simple-rnn-lstm by seed · 1 run\n');
  expect(outcome.stderr).toContain('lecture-simple-rnn-lstm-seed-1 (it is lecture-simple-rnn-lstm)');
  expect(outcome.stdout).toMatch(/lecture-simple-rnn-lstm +lecture-simple-rnn-lstm-seed-2/);
  expect(outcome.stdout).toContain('training.seed');
});

test('refuses a file that is none, with what is wrong, and queues nothing', async () => {
  expect(await unroll('sweep', join(folder, 'nowhere.json'))).toMatchObject({ code: 1 });
  const unreadable = await unroll('sweep', fileWith('{"from":'));
  expect(unreadable).toMatchObject({ code: 1 });
  expect(unreadable.stderr).toContain('it is not JSON');
  const unknown = await unroll('sweep', fileWith({ from, vary: { momentun: [0, 0.9] } }));
  expect(unknown.code).toBe(1);
  expect(unknown.stderr).toContain('momentun is not valid: there is no setting of this name.');
  expect(objects(await unroll('--json', 'runs', 'list'))).toHaveLength(3);
});
