/** What a user meets on the command line who asks for what cannot be: one sentence, what to do about it, the right code. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { objects, run, start } from '../command-line.ts';

let folder: string;
const workspace = () => ['--workspace', join(folder, 'workspace')];
const unroll = (...commandLine: string[]) => run([...workspace(), ...commandLine]);
const json = (...commandLine: string[]) => run([...workspace(), '--json', ...commandLine]);
const training = (name: string, ...more: string[]) => [
  ...['train', '--model', 'lecture-simple-rnn', '--data', 'reviews', '--maxlen', '60', '--name', name],
  ...more,
];

const lastLine = (text: string) => text.trim().split('\n').at(-1);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'unroll-mistakes-'));
  const data = ['data', 'generate', 'sentiment', '--name', 'reviews', '--examples', '300'];
  expect(await unroll(...data)).toMatchObject({ code: 0 });
  expect(await unroll(...training('first', '--epochs', '1'))).toMatchObject({ code: 0 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('comparing needs two to eight different runs', async () => {
  const wrong: [string[], string][] = [
    [['first'], 'One run has nothing to be compared with. Name 2 to 8 runs, the baseline first.'],
    [['first', 'first'], 'The run first is named twice. Name each run once.'],
    [[...'abcdefghi'], 'At most 8 runs are compared at once, not 9.'],
  ];
  for (const [runs, sentence] of wrong) {
    const { code, stdout, stderr } = await unroll('compare', ...runs);
    expect([code, stdout, lastLine(stderr)]).toEqual([2, '', `error: ${sentence}`]);
  }
});

test('a value out of its range, or two that exclude each other, are wrong usage', async () => {
  const wrong: [string[], string][] = [
    [training('x', '--validation-split', '1'), 'It must be a number from 0 to below 1.'],
    [training('x', '--learning-rate', '0'), 'It must be a number above 0.'],
    [training('x', '--batch-size', '1000000'), 'It must be a whole number from 1 to 65536.'],
    [['data', 'generate', 'recall', '--length', '3'], 'It must be a whole number from 4 to 10000.'],
    [['predict', 'first', '--text', 'good', '--file', 'texts'], "cannot be used with option '--file <file>'"],
    [['evaluate', 'first', 'second'], 'too many arguments'],
    [['compare', 'first', 'second', '--gradient'], 'Name one with --out, or use `unroll gradient`.'],
    [training('x', '--engine', 'simd', '--device', 'any'), 'simd has no choice of devices.'],
    [['engines', 'install', 'tensorflow', '--python', 'x', '--gpu'], "'--gpu' cannot be used with option"],
  ];
  for (const [commandLine, words] of wrong) {
    const { code, stdout, stderr } = await unroll(...commandLine);
    expect([code, stdout, lastLine(stderr)]).toEqual([2, '', expect.stringContaining(words)]);
  }
});

test('a port no machine has is wrong usage, one that is taken is told; neither leaves a folder', async () => {
  const { code, stderr } = await unroll('serve', '--port', '70000');
  expect([code, stderr]).toEqual([2, expect.stringContaining('a whole number from 0 to 65535.')]);
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  const taken = await unroll('serve', '--port', String(port));
  other.close();
  expect(taken).toMatchObject({ code: 1, stdout: '' });
  expect(taken.stderr).toContain(
    `The port ${port} cannot be used: another program uses it. Choose another port`,
  );
  expect(readdirSync(join(folder, 'workspace')).filter((name) => name.startsWith('upload-'))).toEqual([]);
});

test('an export into a folder that is not there names the folder', async () => {
  const place = join(folder, 'missing');
  const outcome = await unroll('export', 'first', '--format', 'python', '--out', join(place, 'first.py'));
  expect(outcome).toMatchObject({ code: 1, stdout: '' });
  expect(outcome.stderr).toContain(`The folder ${place} does not exist. Create it first`);
  expect(existsSync(place)).toBe(false);
  mkdirSync(place);
  const written = await unroll('export', 'first', '--format', 'python', '--out', join(place, 'first.py'));
  expect(written).toMatchObject({
    code: 0,
    stdout: `Wrote ${join(place, 'first.py')} with the best weights, after epoch 1. Not verified: code is written, not run, and cannot fit without first_data.npz, which goes only with a script that is exported with its data.\n`,
  });
  const again = await unroll('export', 'first', '--format', 'python', '--out', join(place, 'first.py'));
  expect(again.code).toBe(1);
  expect(again.stderr).toContain(
    'first.py is there already. Choose another name, or have what is there replaced. (--replace)',
  );
});

test('a built-in model is to be trained before it predicts', async () => {
  const { code, stderr } = await unroll('predict', 'lecture-lstm', '--text', 'good');
  expect(code).toBe(1);
  expect(lastLine(stderr)).toBe(
    'lecture-lstm is a model without trained weights, so there is nothing to predict with. ' +
      'Train it on a data set first, then name that run. (unroll train --model MODEL --data NAME)',
  );
});

test('a table without a label column says how to name one', async () => {
  const file = join(folder, 'texts.csv');
  writeFileSync(file, 'text\ngood film\nbad film\n');
  const { code, stderr } = await unroll('data', 'import', file);
  expect(code).toBe(1);
  expect(stderr).toContain('No label column was found');
  expect(stderr).toContain('(--text-column, --label-column)');
});

test('data that another process trains on stays; removed data and runs come back', async () => {
  const running = start([...workspace(), ...training('long', '--epochs', '2000')]);
  await running.says('epoch 1/2000');
  const refused = await unroll('data', 'remove', 'reviews');
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(refused.stderr).toMatch(
    /reviews cannot be removed: the run long is running on it \(process \d+\)\./,
  );
  running.process.kill('SIGINT');
  expect(await running.ended).toMatchObject({ code: 130 });

  const removed = await json('data', 'remove', 'reviews');
  const [{ id } = {}] = objects(removed);
  expect(objects(removed)).toEqual([{ removed: 'reviews', id: expect.any(String) }]);
  expect(removed.stderr).toContain(`unroll data restore ${String(id)}`);
  expect(await unroll('data', 'restore', String(id))).toMatchObject({
    code: 0,
    stdout: 'Restored reviews.\n',
  });
  expect((await unroll('data', 'list')).stdout).toContain('reviews');

  const [{ id: runId } = {}] = objects(await json('runs', 'remove', 'long'));
  expect((await unroll('runs', 'list')).stdout).not.toContain('long');
  expect(await unroll('runs', 'restore', String(runId))).toMatchObject({ stdout: 'Restored long.\n' });
  expect((await unroll('runs', 'list')).stdout).toContain('long');
});

test('a run that diverged is not offered to be resumed, and an exploding loss is warned of', async () => {
  const wild = ['--optimizer', 'sgd', '--epochs', '2', '--batch-size', '32'];
  const diverged = await unroll(...training('diverged', ...wild, '--learning-rate', '1e38'));
  expect(diverged.code).toBe(1);
  expect(diverged.stderr).toContain('It has no checkpoint yet.');
  const resumed = await unroll('resume', 'diverged');
  expect(resumed.code).toBe(1);
  expect(resumed.stderr).toContain(
    'Start a new run with a lower learning rate (it was 1e+38) or with clipnorm.',
  );
  expect(resumed.stderr).not.toContain('same settings');
  const evaluated = await unroll('evaluate', 'diverged');
  expect(evaluated.stderr).toContain('The run diverged has no last checkpoint.');

  const exploded = await unroll(...training('exploded', ...wild, '--learning-rate', '1e9'));
  expect(exploded.stderr.match(/Warning: The loss exploded/g)).toHaveLength(1);
  expect((await unroll('runs', 'show', 'exploded')).stderr).toContain('Warning: The loss exploded');
});
