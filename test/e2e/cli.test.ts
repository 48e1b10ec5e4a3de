import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { objects, run, start } from './command-line.ts';

let folder: string;
const workspace = () => ['--workspace', join(folder, 'workspace')];
const unroll = (...commandLine: string[]) => run([...workspace(), ...commandLine]);
const json = (...commandLine: string[]) => run([...workspace(), '--json', ...commandLine]);
const small = [
  '--limit',
  '300',
  '--maxlen',
  '60',
  '--num-words',
  '2000',
  '--batch-size',
  '32',
  '--seed',
  '1',
];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'unroll-cli-'));
  const data = await unroll(
    'data',
    'generate',
    'sentiment',
    '--name',
    'reviews',
    '--examples',
    '600',
    '--seed',
    '3',
  );
  expect(data).toMatchObject({ code: 0, stdout: expect.stringMatching(/^reviews: /) });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the two models of the lecture are trained, compared and used', async () => {
  const lstm = await json(
    'train',
    '--model',
    'lecture-lstm',
    '--data',
    'reviews',
    '--epochs',
    '2',
    '--name',
    'lstm',
    '--profile',
    ...small,
  );
  expect(lstm.code).toBe(0);
  const [begun, ...epochs] = objects(lstm);
  expect(begun).toEqual({
    event: 'run',
    run: expect.any(String),
    name: 'lstm',
    engine: expect.any(String),
    parameters: expect.any(Number),
  });
  const done = epochs.pop();
  expect(done).toEqual({
    event: 'done',
    run: begun!.run,
    weightsSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  const profile = epochs.pop();
  expect(profile).toMatchObject({ event: 'profile', epochs: 1, kernels: expect.any(Array) });
  expect(epochs.map(({ event, epoch }) => [event, epoch])).toEqual([
    ['epoch', 1],
    ['epoch', 2],
  ]);
  for (const epoch of epochs) {
    expect(Object.keys(epoch)).toEqual(['event', 'epoch', 'loss', 'acc', 'val_loss', 'val_acc', 'seconds']);
  }
  expect(lstm.stderr).toContain('epoch 2/2');

  const simple = await unroll(
    'train',
    '--model',
    'lecture-simple-rnn',
    '--data',
    'reviews',
    '--epochs',
    '2',
    '--name',
    'simple',
    ...small,
  );
  expect(simple).toMatchObject({ code: 0, stdout: expect.stringContaining('lecture-simple-rnn') });

  const compared = await unroll('compare', 'simple', 'lstm');
  expect(compared.code).toBe(0);
  for (const text of [
    'lecture-simple-rnn',
    'lecture-lstm',
    'val_acc',
    'epoch 2',
    'best',
    'last',
    'difference',
  ]) {
    expect(compared.stdout).toContain(text);
  }

  const text = 'a wonderful film, moving and beautifully acted';
  const predicted = await json('predict', 'lstm', '--text', text);
  expect(objects(predicted)).toEqual([{ text, probability: expect.any(Number) }]);
  const traced = objects(await json('trace', 'simple', 'lstm', '--text', text));
  expect(traced).toHaveLength(7);
  const answers = traced.at(-1)!.answers as { run: string; probability: number }[];
  expect(answers.map((answer) => answer.run)).toEqual(['simple', 'lstm']);
  expect(answers[1]!.probability).toBeCloseTo(objects(predicted)[0]!.probability as number, 6);
  const negative = await unroll('trace', 'lstm', '--text', 'good', '--class', 'negative');
  expect(negative.stdout).toMatch(/^probability of negative after  lstm\n\S+ +0\.\d+\n$/);
  const gradient = await unroll('gradient', 'simple', 'lstm', '--examples', '4');
  expect(gradient.stdout).toMatch(
    /^run .*steps to halve\nsimple +simple_rnn +SimpleRNN +dLoss\/dh +\d.*\nlstm +lstm +LSTM +dLoss\/dh +\d.*\nlstm +lstm +LSTM +dLoss\/dc +\d/,
  );
  expect(gradient.stdout).toMatch(/\nlstm, lstm: dLoss\/dh .*; dLoss\/dc .*\.\n/);
  const lines = await run(
    [...workspace(), '--json', 'predict', 'lstm', '--checkpoint', 'best'],
    'good\n\nbad\n',
  );
  expect(objects(lines)).toEqual([
    { text: 'good', probability: expect.any(Number) },
    { text: '', probability: null },
    { text: 'bad', probability: expect.any(Number) },
  ]);
  expect(lines.stderr).toMatch(/Predicted with the best checkpoint of lstm, after epoch [12]\./);
  writeFileSync(join(folder, 'ids.jsonl'), '[1, 14, 22]\n[1, 5]\n');
  const tokens = await json('predict', 'lstm', '--tokens', join(folder, 'ids.jsonl'));
  expect(objects(tokens)).toEqual([{ probability: expect.any(Number) }, { probability: expect.any(Number) }]);

  const evaluated = await json('evaluate', 'lstm');
  expect(objects(evaluated)).toEqual([
    {
      loss: expect.any(Number),
      acc: expect.any(Number),
      examples: expect.any(Number),
      checkpoint: 'best',
      epoch: expect.any(Number),
    },
  ]);
  const listed = await json('runs', 'list');
  expect(objects(listed).map(({ name }) => name)).toEqual(expect.arrayContaining(['lstm', 'simple']));
  const columns = ['--columns', 'name,best(val_acc)', '--sort', 'name:desc', '--limit', '1'];
  const first = await unroll('runs', 'list', ...columns);
  expect(first.stdout).toMatch(/^name +best\(val_acc\)\nsimple +0\.\d{4}\n$/);
  expect(first.stderr).toBe('1 of 2 runs shown.\n');

  const longer = ['continue', 'simple', '--epochs', '1', '--learning-rate', '0.0005', '--name', 'longer'];
  const continued = objects(await json(...longer));
  expect(continued.map(({ event }) => event)).toEqual(['run', 'epoch', 'done']);
  expect(continued[1]).toMatchObject({ epoch: 3 });
  expect((await unroll('runs', 'show', 'longer')).stdout).toMatch(
    /^continues +simple from its last checkpoint, epoch 2$/m,
  );

  const python = await json('export', 'lstm', '--format', 'python', '--out', join(folder, 'lstm.py'));
  expect(objects(python)[0]).toMatchObject({ format: 'python', verified: false, maxAbsDifference: null });
  expect(readFileSync(join(folder, 'lstm.py'), 'utf8')).toContain('layers.LSTM(32');
  const tfjs = await json('export', 'lstm', '--format', 'tfjs', '--out', join(folder, 'lstm-tfjs'));
  expect(objects(tfjs)[0]).toMatchObject({ format: 'tfjs', verified: true });
  expect(objects(tfjs)[0]!.maxAbsDifference).toBeLessThan(1e-5);
  const onnx = await json('export', 'lstm', '--format', 'onnx', '--out', join(folder, 'lstm.onnx'));
  expect(objects(onnx)[0]).toMatchObject({ format: 'onnx', verified: true });
});

test('Ctrl+C saves the state, and resume ends in the same weights as an uninterrupted run', async () => {
  const settings = [
    'train',
    '--model',
    'lecture-simple-rnn',
    '--data',
    'reviews',
    '--epochs',
    '40',
    ...small,
  ];
  const whole = objects(await json(...settings, '--name', 'whole')).at(-1);
  const running = start([...workspace(), '--json', ...settings, '--name', 'parts']);
  await running.says('"epoch":3');
  running.process.kill('SIGINT');
  expect(await running.ended).toMatchObject({ code: 130 });
  const shown = objects(await json('runs', 'show', 'parts'))[0];
  expect(shown).toMatchObject({ status: 'interrupted' });
  const resumed = objects(await json('resume', 'parts'));
  expect(resumed.at(-1)).toMatchObject({ event: 'done', weightsSha256: whole!.weightsSha256 });
  expect(resumed.filter(({ event }) => event === 'epoch').at(-1)).toMatchObject({ epoch: 40 });
});

test("models summary prints Keras's table", async () => {
  const { code, stdout } = await unroll('models', 'summary', 'lecture-simple-rnn');
  expect(code).toBe(0);
  for (const text of ['320,000', '2,080', '33', '322,113']) expect(stdout).toContain(text);
  expect((await unroll('models', 'summary', 'lecture-lstm')).stdout).toContain('8,320');
});

test('a model file is imported, shown and trained like a built-in one', async () => {
  const { graph } = objects(await json('models', 'show', 'lecture-simple-rnn'))[0] as { graph: object };
  const file = join(folder, 'mine.json');
  writeFileSync(file, JSON.stringify({ ...graph, name: 'filed' }));
  expect(await unroll('models', 'import', file, '--name', 'mine')).toMatchObject({ code: 0 });
  expect((await unroll('models', 'list')).stdout).toContain('mine');
  expect((await unroll('models', 'summary', file)).stdout).toContain('322,113');
  expect((await unroll('models', 'rename', 'mine', '')).stderr).toContain('The new name is not valid');
  expect((await unroll('models', 'rename', 'mine', 'my own')).stdout).toBe('It is my own now.\n');
  const removed = await unroll('models', 'remove', 'my own');
  expect(removed).toMatchObject({ code: 0, stdout: 'Removed my own.\n' });
  expect(removed.stderr).toContain("unroll models restore 'my own'");
  expect((await unroll('models', 'restore', 'my own')).code).toBe(0);
  const trained = await json(
    'train',
    '--model',
    file,
    '--data',
    'reviews',
    '--epochs',
    '1',
    '--name',
    'from-file',
    '--limit',
    '200',
  );
  expect(objects(trained).at(-1)).toMatchObject({ event: 'done' });
  // Its run is still found by the name it was trained by.
  await unroll('models', 'import', file);
  const renamed = await unroll('models', 'rename', 'filed', 'refiled');
  expect(renamed.stderr).toContain('Trained before, and still found by the name filed: 1 run.');
  expect((await unroll('runs', 'list', '--filter', 'model = "filed"')).stdout).toContain('from-file');
});

test('a table of texts and labels is imported', async () => {
  const file = join(folder, 'tickets.csv');
  const rows = Array.from({ length: 40 }, (_, i) => `"ticket ${i}, ${i % 2 ? 'broken' : 'works'}",${i % 2}`);
  writeFileSync(file, ['text,label', ...rows].join('\n'));
  expect(await unroll('data', 'import', file, '--name', 'tickets')).toMatchObject({ code: 0 });
  const shown = objects(await json('data', 'show', 'tickets'))[0] as { dataset: { name: string } };
  expect(shown.dataset.name).toBe('tickets');
  expect((await unroll('data', 'remove', 'tickets')).code).toBe(0);
  expect((await unroll('data', 'list')).stdout).not.toContain('tickets');
});

test('what cannot be done ends with 1 and one sentence with a hint', async () => {
  const failures: [string[], string][] = [
    [['runs', 'show', 'nothing'], 'nothing'],
    [['data', 'import', join(folder, 'missing.npz')], 'missing.npz'],
    [['train', '--model', 'nothing', '--data', 'reviews'], 'nothing'],
    [['train', '--model', 'lecture-lstm', '--data', 'nothing'], 'nothing'],
    [['predict', 'nothing', '--text', 'good'], 'nothing'],
  ];
  for (const [commandLine, named] of failures) {
    const { code, stdout, stderr } = await unroll(...commandLine);
    expect([commandLine, code, stdout]).toEqual([commandLine, 1, '']);
    expect(stderr).toContain(named);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).not.toContain('    at ');
  }
});

test('with --json, what went wrong is an object on standard error', async () => {
  const failed = await json('runs', 'list', '--sort', 'val_acc');
  expect(failed).toMatchObject({ code: 1, stdout: '' });
  expect(JSON.parse(failed.stderr)).toEqual({
    error: {
      code: 'input-invalid',
      message: expect.stringContaining('Did you mean best(val_acc)?'),
      hint: expect.any(String),
    },
  });
  const misused = await json('runs', 'lst');
  expect(misused).toMatchObject({ code: 2, stdout: '' });
  expect(JSON.parse(misused.stderr)).toMatchObject({
    error: { code: 'wrong-usage', message: "unknown command 'lst' (Did you mean list?)" },
  });
});

test('a run that diverges says where and keeps what was good', async () => {
  const wild = ['--epochs', '3', '--optimizer', 'sgd', '--learning-rate', '1e38', '--name', 'wild'];
  const outcome = await json(
    'train',
    '--model',
    'lecture-simple-rnn',
    '--data',
    'reviews',
    ...small,
    ...wild,
  );
  expect(outcome.code).toBe(1);
  expect(objects(outcome).at(-1)).toMatchObject({
    event: 'failed',
    code: 'training-diverged',
    message: expect.stringMatching(/epoch \d+, batch \d+/),
    hint: expect.stringContaining('learning rate'),
  });
});

test('runs are tagged, annotated, put aside, removed and brought back by their names', async () => {
  const tagged = await json('runs', 'tag', 'lstm', 'simple', '--add', 'kept, lecture', '--add', 'best');
  expect(objects(tagged).map(({ name, tags }) => [name, tags])).toEqual([
    ['lstm', ['best', 'kept', 'lecture']],
    ['simple', ['best', 'kept', 'lecture']],
  ]);
  expect(await unroll('runs', 'tag', 'lstm')).toMatchObject({ code: 2, stdout: '' });
  const noted = await run([...workspace(), 'runs', 'note', 'lstm', '--file', '-'], '# Seen\n\nGood.\n');
  expect(noted).toMatchObject({ code: 0, stdout: 'Wrote the notes of lstm.\n' });
  expect((await unroll('runs', 'archive', 'simple')).stdout).toBe('Archived simple.\n');
  const listed = (await unroll('runs', 'list', '--archived')).stdout;
  expect(listed).toMatch(/ simple +done, archived .* best, kept, lecture\n/);

  expect((await unroll('runs', 'remove', 'lstm', 'simple')).stdout).toBe('Removed lstm.\nRemoved simple.\n');
  expect((await unroll('runs', 'restore', 'lstm')).stdout).toBe('Restored lstm.\n');
  const { stdout } = await unroll('runs', 'show', 'lstm');
  expect(stdout).toMatch(/^optimizer +rmsprop \(learning_rate 0\.001, /m);
  expect(stdout).toMatch(/^notes +# Seen\n/m);
  expect(stdout).not.toContain('{');
});

test('wrong usage ends with 2, help with 0', async () => {
  for (const commandLine of [
    ['nonsense'],
    ['train'],
    ['data', 'generate', 'nonsense'],
    ['serve', '--port', 'x'],
  ]) {
    expect(await unroll(...commandLine)).toMatchObject({ code: 2, stdout: '' });
  }
  expect((await unroll('help', 'engines', 'use')).stdout).toContain('--device');
  const help = await unroll('--help');
  expect(help.code).toBe(0);
  for (const command of [
    'engines',
    'data',
    'models',
    'train',
    'resume',
    'runs',
    'evaluate',
    'compare',
    'predict',
    'export',
    'serve',
  ]) {
    expect(help.stdout).toContain(command);
  }
});

test('the version is said', async () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  expect(await unroll('--version')).toMatchObject({ code: 0, stdout: `${version}\n` });
});

test('engines says what is in use', async () => {
  const engines = objects(await json('engines'));
  const simd = engines.find(({ name }) => name === 'simd');
  expect(simd).toMatchObject({ available: true, inUse: true });
  expect(simd!['why']).toContain('used: no other is chosen');
  expect(await unroll('engines', 'use', 'reference')).toMatchObject({
    ...{ code: 0, stdout: 'New runs take reference.\n' },
  });
  const refused = await unroll('engines', 'use', 'webgpu', '--device', 'an adapter nobody has');
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect((await unroll('engines', 'use', 'auto')).stdout).toBe('New runs take simd.\n');
});
