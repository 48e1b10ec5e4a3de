import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:http';
import { connect as connectSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { openApplication, type Application } from '../../../../src/main/application.ts';
import { finishJob } from '../../../../src/main/shells/finish-job.ts';
import { serve, type Served } from '../../../../src/main/shells/serve.ts';
import { decodeFrame, encodeFrame, type Frame } from '../../../../src/shared/contract/codec.ts';
import { chain } from '../../../../src/shared/graph/templates.ts';
import { runEnd } from '../../../faults/applications.ts';

const UPLOAD_LIMIT = 100_000;
let folder: string;
let application: Application;
let served: Served;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'unroll-serve-'));
  mkdirSync(join(folder, 'page/assets'), { recursive: true });
  writeFileSync(join(folder, 'page/index.html'), '<!doctype html><title>Unroll</title>');
  writeFileSync(join(folder, 'page/assets/index.js'), 'export {};');
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  application = openApplication({ workspace: join(folder, 'workspace'), shell: 'serve' });
  served = await serve(application, { port: 0, folder: join(folder, 'page'), uploadLimit: UPLOAD_LIMIT });
});
afterAll(async () => {
  await served.close();
  await application.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

interface Asked {
  method?: string;
  headers?: Record<string, string>;
  body?: Uint8Array;
}

/** A request exactly as given: unlike `fetch`, the path is not tidied up and any header can be set. */
function ask(path: string, { method = 'GET', headers = {}, body }: Asked = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: served.port, path, method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode!, headers: response.headers, body: text }),
      );
    });
    sent.on('error', reject).end(body);
  });
}

const withToken = () => ({ authorization: `Bearer ${served.token}` });

/** An answer that is an error as programs read it, in words that say what to do. */
function errorOf({ headers, body }: Answer): { code: string; message: string; hint: string } {
  expect(headers['content-type']).toBe('application/json');
  const error = JSON.parse(body) as { code: string; message: string; hint: string };
  expect(Object.keys(error)).toEqual(['code', 'message', 'hint']);
  for (const words of [error.message, error.hint]) expect(words).toMatch(/^\S[^\n]+[.]$/);
  return error;
}

/** Asks for predictions. */
const post = (body: unknown, authorization = `Bearer ${served.token}`) =>
  ask('/predict', {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  });

test('nothing is answered without the token', async () => {
  for (const path of [
    '/',
    '/assets/index.js',
    '/socket',
    '/?token=',
    '/?token=wrong',
    `/?token=${served.token}x`,
  ]) {
    expect(await ask(path)).toMatchObject({ status: 401 });
  }
  expect(await ask('/upload', { method: 'POST', body: new Uint8Array(3) })).toMatchObject({ status: 401 });
  expect(await ask('/', { headers: { cookie: `unroll_${served.port}=wrong` } })).toMatchObject({
    status: 401,
  });
});

test('the printed address opens the page and sets a cookie that the page alone sends', async () => {
  const { pathname, search, hostname } = new URL(served.address);
  expect(hostname).toBe('127.0.0.1');
  const page = await ask(pathname + search);
  expect(page).toMatchObject({ status: 200, body: expect.stringContaining('<title>Unroll') });
  const cookie = String(page.headers['set-cookie']);
  expect(cookie).toContain('HttpOnly');
  expect(cookie).toContain('SameSite=Strict');
  const withCookie = { cookie: cookie.split(';')[0]! };
  const script = await ask('/assets/index.js', { headers: withCookie });
  expect(script).toMatchObject({ status: 200, body: 'export {};' });
  // Another server of this machine gets the cookie as well: it is not the token, and opens nothing but these files.
  expect(cookie).not.toContain(served.token);
  expect(await ask('/socket', { headers: withCookie })).toMatchObject({ status: 401 });
  for (const path of ['/upload', '/predict'])
    expect(await ask(path, { method: 'POST', headers: withCookie })).toMatchObject({ status: 401 });
  expect(String(script.headers['content-type'])).toContain('text/javascript');
});

test('every answer carries the headers that confine the page', async () => {
  for (const path of ['/', '/nowhere']) {
    const { headers } = await ask(path, { headers: withToken() });
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['content-security-policy']).not.toContain('unsafe-eval');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['x-frame-options']).toBe('DENY');
  }
});

test('another name for this machine, or a page from elsewhere, is refused even with the token', async () => {
  for (const host of [
    'evil.example',
    `evil.example:${served.port}`,
    '127.0.0.1',
    `127.0.0.1:${served.port + 1}`,
  ]) {
    expect(await ask('/', { headers: { ...withToken(), host } })).toMatchObject({ status: 403 });
  }
  for (const origin of ['http://evil.example', 'null', `https://127.0.0.1:${served.port}`]) {
    expect(await ask('/', { headers: { ...withToken(), origin } })).toMatchObject({ status: 403 });
  }
  const own = `http://127.0.0.1:${served.port}`;
  expect(await ask('/', { headers: { ...withToken(), origin: own } })).toMatchObject({ status: 200 });
});

test('no path leads out of the folder of the page', async () => {
  const ways = [
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/../../secret.txt',
    '/..\\secret.txt',
  ];
  for (const path of [...ways, '/nowhere', '/assets/', '/%00', '//secret.txt']) {
    const { status, body } = await ask(path, { headers: withToken() });
    expect([path, status >= 400 && status < 500, body.includes('secret')]).toEqual([path, true, false]);
  }
});

test('it listens on loopback only', async () => {
  const outside = Object.values((await import('node:os')).networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4');
  for (const { address } of outside) {
    const refused = new Promise<string>((resolve) => {
      const socket = connectSocket(served.port, address);
      socket.once('connect', () => resolve('connected')).once('error', () => resolve('refused'));
    });
    expect(await refused).toBe('refused');
  }
});

function openSocket(token: string, headers: Record<string, string> = {}): Promise<WebSocket | number> {
  const protocols = token ? ['unroll', token] : [];
  const socket = new WebSocket(`ws://127.0.0.1:${served.port}/socket`, protocols, { headers });
  return new Promise((resolve) => {
    socket.once('open', () => resolve(socket));
    socket.once('unexpected-response', (_request, { statusCode }) => resolve(statusCode ?? 0));
    socket.once('error', () => undefined);
  });
}

function answerTo(socket: WebSocket, id: number): Promise<Frame> {
  return new Promise((resolve) => {
    socket.on('message', (bytes: Buffer) => {
      const frame = decodeFrame(bytes);
      if ('id' in frame && frame.id === id) resolve(frame);
    });
  });
}

test('the socket needs the token and the right Origin as well', async () => {
  expect(await openSocket('')).toBe(401);
  expect(await openSocket('wrong')).toBe(401);
  expect(await openSocket(served.token, { origin: 'http://evil.example' })).toBe(403);
});

test('calls are answered over the socket, and nonsense in between harms nothing', async () => {
  const socket = (await openSocket(served.token)) as WebSocket;
  socket.send(new Uint8Array([1, 2, 3]));
  socket.send('text');
  socket.send(encodeFrame({ id: 1, method: 'application.info', input: {} }));
  expect(await answerTo(socket, 1)).toMatchObject({
    output: { shell: 'serve', workspace: application.workspace },
  });
  socket.send(encodeFrame({ id: 2, method: 'constructor', input: {} }));
  expect(await answerTo(socket, 2)).toMatchObject({ error: { code: 'input-invalid' } });
  socket.send(encodeFrame({ id: 3, method: 'settings.set', input: { key: '', value: 1 } }));
  expect(await answerTo(socket, 3)).toMatchObject({ error: { code: 'input-invalid' } });
  socket.terminate();
});

test('an event reaches every client', async () => {
  const sockets = (await Promise.all([1, 2].map(() => openSocket(served.token)))) as WebSocket[];
  const heard = sockets.map(
    (socket) =>
      new Promise<Frame>((resolve) => socket.once('message', (bytes: Buffer) => resolve(decodeFrame(bytes)))),
  );
  const { job } = (await application.call('data.generate', { task: 'parity', examples: 20, length: 8 })) as {
    job: string;
  };
  for (const frame of await Promise.all(heard)) expect(frame).toMatchObject({ event: expect.any(String) });
  expect(job).toBeTypeOf('string');
  for (const socket of sockets) socket.terminate();
});

test('one page too many is told so', async () => {
  const sockets = await Promise.all(Array.from({ length: 64 }, () => openSocket(served.token)));
  const answer = await ask('/socket', { headers: withToken() });
  for (const socket of sockets as WebSocket[]) socket.terminate();
  expect([answer.status, errorOf(answer).message]).toEqual([
    503,
    'The request was refused: 64 pages are open already.',
  ]);
});

test('a frame larger than allowed ends the connection, not the server', async () => {
  const socket = (await openSocket(served.token)) as WebSocket;
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  socket.send(new Uint8Array(33 << 20));
  expect(await closed).toBe(1009);
  expect(await ask('/', { headers: withToken() })).toMatchObject({ status: 200 });
});

test('an uploaded file lies in the workspace under its own name and nowhere else', async () => {
  const body = new TextEncoder().encode('text,label\ngood,1\n');
  const answer = await ask('/upload?name=..%2F..%2Freviews%20(1).csv', {
    method: 'POST',
    headers: withToken(),
    body,
  });
  expect(answer.status).toBe(200);
  const { path } = JSON.parse(answer.body) as { path: string };
  expect(path.startsWith(join(folder, 'workspace', 'upload-'))).toBe(true);
  expect(path.endsWith('reviews (1).csv')).toBe(true);
  expect(readFileSync(path, 'utf8')).toBe('text,label\ngood,1\n');
});

test('an upload of a long name keeps its end, one without a name is refused, and a folder that was cleared away is made anew', async () => {
  const send = (name: string) =>
    ask(`/upload?name=${encodeURIComponent(name)}`, {
      method: 'POST',
      headers: withToken(),
      body: Buffer.from('x'),
    });
  const sentTo = async (name: string) => (JSON.parse((await send(name)).body) as { path: string }).path;
  expect(basename(await sentTo(`${'数'.repeat(300)}.csv`))).toMatch(/^数{65}\.csv$/);
  const unnamed = await send('');
  expect([unnamed.status, errorOf(unnamed).hint]).toEqual([
    400,
    'Send a file as the body of POST /upload?name=reviews.csv.',
  ]);
  rmSync(join(await sentTo('a.csv'), '../..'), { recursive: true });
  expect(existsSync(await sentTo('b.csv'))).toBe(true);
});

test('an upload over the limit is refused and leaves nothing', async () => {
  const uploads = () =>
    readdirSync(join(folder, 'workspace'), { recursive: true }).filter((name) =>
      String(name).endsWith('large.csv'),
    );
  const body = new Uint8Array(UPLOAD_LIMIT + 1);
  const answer = await ask('/upload?name=large.csv', { method: 'POST', headers: withToken(), body });
  expect([answer.status, errorOf(answer).code]).toEqual([413, 'file-too-large']);
  expect(uploads()).toEqual([]);
});

test('a port that is taken is told, and nothing is left of the attempt', async () => {
  const workspace = join(folder, 'workspace');
  const before = readdirSync(workspace);
  await expect(serve(application, { port: served.port })).rejects.toMatchObject({
    code: 'port-unavailable',
    message: `The port ${served.port} cannot be used: another program uses it.`,
  });
  expect(readdirSync(workspace)).toEqual(before);
});

test('an upload that breaks off leaves nothing', async () => {
  const files = () =>
    readdirSync(join(folder, 'workspace'), { recursive: true }).filter((name) => /file-/.test(String(name)));
  const before = files();
  const sent = request({
    ...{ host: '127.0.0.1', port: served.port, path: '/upload?name=broken.csv', method: 'POST' },
    headers: { ...withToken(), 'content-length': 50_000 },
  });
  sent.on('error', () => undefined).write('text,label\n');
  await vi.waitFor(() => expect(files().length).toBeGreaterThan(before.length));
  sent.destroy();
  await vi.waitFor(() => expect(files()).toEqual(before), 5000);
});

test('after its end the port is free and uploads are gone', async () => {
  const other = await serve(application, { port: 0, folder: join(folder, 'page') });
  await other.close();
  const again = await serve(application, { port: other.port, folder: join(folder, 'page') });
  expect(again.token).not.toBe(other.token);
  await again.close();
  expect(existsSync(join(folder, 'workspace'))).toBe(true);
});

test('predictions are answered to who has the token, in the words of the catalogue where they cannot be', async () => {
  const model = join(import.meta.dirname, '../../../fixtures/models/lstm.keras');
  expect((await post({ run: model, tokens: [[1, 2]] }, 'Bearer wrong')).status).toBe(401);
  const answer = await post({ run: model, tokens: [[1, 2, 3], [4]] });
  expect(answer.status).toBe(200);
  const { predictions } = JSON.parse(answer.body) as { predictions: { probability: number }[] };
  expect(predictions).toHaveLength(2);
  for (const { probability } of predictions) expect(probability).toBeGreaterThan(0);

  const refused = async (body: unknown, status: number, code: string) => {
    const answer = await post(body);
    expect([answer.status, errorOf(answer).code]).toEqual([status, code]);
  };
  await refused({ run: 'nobody', texts: ['a'] }, 404, 'not-found');
  await refused({ run: model, texts: ['a'] }, 400, 'data-without-words');
  await refused({ run: model, tokens: [[99]] }, 400, 'input-invalid');
  await refused({ run: model }, 400, 'input-invalid');
  await refused({ tokens: [[1]] }, 400, 'input-invalid');
  await refused('{"run":', 400, 'input-invalid');
  await refused({ run: model, texts: ['x'.repeat(17 << 20)] }, 413, 'file-too-large');
  await refused({ run: model, texts: Array<string>(10_001).fill('a') }, 413, 'file-too-large');

  const words = async (body: unknown) => (JSON.parse((await post(body)).body) as { message: string }).message;
  expect(await words([])).toMatch(/^The request is not valid: it must be an object, as /);
  expect(await words({ run: model, extra: 1 })).toBe('The request is not valid: there is no member extra.');
  expect(await words({ run: model, texts: ['a', 1] })).toBe('texts[1] is not valid: it must be a string.');
  expect(await words({ run: model, tokens: [[1], []] })).toBe('tokens[1] is not valid: a sequence is empty.');
});

test('predictions for a run on series of several numbers a step', async () => {
  const { name: data } = await finishJob(application, 'data.generate', {
    ...{ task: 'adding', examples: 32, length: 4, testShare: 0.25, name: 'sums', seed: 1 },
  });
  const model = chain('sums', [
    ['steps', 'Input', { shape: [4, 2], dtype: 'float32' }],
    ['rnn', 'SimpleRNN', { units: 2 }],
    ['sum', 'Dense', { units: 1 }],
  ]);
  const trained = runEnd(application, 'summing');
  await application.call('training.start', {
    ...{ model, data, name: 'summing', threads: 1 },
    preprocessing: { maxlen: 4 },
    training: { epochs: 1, loss: 'mse', metrics: [] },
  });
  expect((await trained).status).toBe('done');

  const long = [[0.5, 1], [0.1, 0], [0.7, 1], [0.2, 0]]; // prettier-ignore
  const answer = await post({ run: 'summing', series: [long, long.slice(0, 2)], checkpoint: 'last' });
  const { predictions, checkpoint } = JSON.parse(answer.body) as Record<string, unknown>;
  expect(checkpoint).toEqual({ which: 'last', epoch: 1 });
  const scored = await finishJob(application, 'predictions.score', {
    ...{ source: 'summing', checkpoint: 'last', series: [long, long.slice(0, 2)] },
  });
  expect(predictions).toEqual(scored.map(({ probabilities: [probability] }) => ({ probability })));

  const message = async (series: unknown) => errorOf(await post({ run: 'summing', series })).message;
  expect(await message([long, [[0.5]]])).toBe(
    'series[1] is not valid: step 0 has 1 numbers, and the model reads 2.',
  );
  expect(await message([[[0.5, '1']]])).toBe('series[0][0][1] is not valid: it must be a number.');
  expect(errorOf(await post({ run: 'summing', texts: ['a'] })).code).toBe('model-of-numbers');
});

test('what is refused is an error as JSON for a program, and words for a person', async () => {
  const there = withToken();
  const cases: [number, string, Record<string, string>][] = [
    [401, '/predict', {}],
    [403, '/predict', { ...there, host: 'evil.example' }],
    [404, '/nowhere', there],
    [405, '/predict', there],
    [405, '/upload', there],
  ];
  for (const [status, path, headers] of cases) {
    const program = await ask(path, { headers });
    expect(program.status).toBe(status);
    errorOf(program);
    const person = await ask(path, { headers: { ...headers, accept: 'text/html,*/*' } });
    expect(person).toMatchObject({ status, body: expect.stringMatching(/^[A-Z][^{]+\.$/) });
  }
});
