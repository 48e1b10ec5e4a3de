/** Attacks on `unroll serve` from other sites' pages, other programs and other users' servers of the same machine. */
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect as connectSocket, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WebSocket as Client } from 'ws';
import { serve } from '../../../src/main/shells/serve.ts';
import { encodeFrame } from '../../../src/shared/contract/codec.ts';
import { launchBrowser } from '../browser.ts';
import { answers, ask, openSocket, openTarget, sendRaw, type Target } from './target.ts';

let target: Target;
let browser: Browser;

beforeAll(async () => {
  [target, browser] = await Promise.all([
    openTarget(),
    launchBrowser('--host-resolver-rules=MAP evil.example 127.0.0.1'),
  ]);
});
afterAll(async () => {
  await browser.close();
  await target.close();
});

const isAlive = async (): Promise<boolean> => {
  const socket = (await openSocket(target.served)) as Client;
  const answer = await ask(socket, 'application.info', {});
  socket.terminate();
  return 'output' in answer;
};

test('DNS rebinding: under the name of another site nothing is answered, even with the token', async () => {
  const { port, token } = target.served;
  const page = await browser.newPage();
  const answer = await page.goto(`http://evil.example:${port}/?token=${token}`);
  expect(answer?.status()).toBe(403);
  const fetched = await page.evaluate(
    async (bearer) =>
      (await fetch('/predict', { method: 'POST', headers: { authorization: bearer } })).status,
    `Bearer ${token}`,
  );
  expect(fetched).toBe(403);
  await page.close();
});

/** Another user's server on this machine; it keeps the cookies that browsers send it. */
async function otherServer(): Promise<{ server: Server; address: string; cookies: string[] }> {
  const cookies: string[] = [];
  const server = createServer(({ headers }, response) => {
    cookies.push(headers.cookie ?? '');
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>Other</title><body></body>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, cookies };
}

test('a page of another server of this machine gets nothing with the cookie that the browser shows it', async () => {
  const { port, address, token } = target.served;
  const other = await otherServer();
  const context = await browser.newContext();
  const own = await context.newPage();
  await own.goto(address);
  await own.getByRole('navigation', { name: 'Screens' }).waitFor();
  expect(own.url()).not.toContain(token);
  const page = await context.newPage();
  await page.goto(other.address);
  const tried = await page.evaluate(async (place) => {
    const settled = (work: Promise<unknown>) =>
      work.then(
        () => 'done',
        () => 'refused',
      );
    const loaded = (name: 'script' | 'img', source: string) =>
      new Promise<string>((resolve) => {
        const element = document.createElement(name);
        element.onload = () => resolve('done');
        element.onerror = () => resolve('refused');
        element.src = source;
        document.body.append(element);
        // What is blocked before it is asked for may say nothing at all.
        setTimeout(() => resolve('refused'), 1000);
      });
    const socket = new WebSocket(`ws://${place}/socket`, ['unroll', 'guess']);
    return {
      read: await settled(fetch(`http://${place}/`, { credentials: 'include' })),
      blind: await settled(
        fetch(`http://${place}/upload?name=a`, { method: 'POST', mode: 'no-cors', body: 'x' }),
      ),
      script: await loaded('script', `http://${place}/`),
      image: await loaded('img', `http://${place}/icon.svg`),
      socket: await new Promise((resolve) => {
        socket.onopen = () => resolve('open');
        socket.onerror = () => resolve('refused');
        socket.onclose = () => resolve('refused');
        setTimeout(() => resolve('refused'), 1000);
      }),
    };
  }, `127.0.0.1:${port}`);
  expect(tried).toEqual({
    read: 'refused',
    blind: 'refused',
    script: 'refused',
    image: 'refused',
    socket: 'refused',
  });
  const uploads = readdirSync(target.application.workspace, { recursive: true }).map(String);
  expect(uploads.filter((name) => name.includes('file-'))).toEqual([]);
  // The other server does see the cookie. It is not the token, and programs get no further with it.
  const [cookie] = other.cookies.filter((text) => text.includes(`unroll_${port}`));
  expect(cookie).toBeDefined();
  expect(cookie).not.toContain(token);
  const stolen = await fetch(`http://127.0.0.1:${port}/predict`, {
    method: 'POST',
    headers: { cookie: cookie! },
  });
  expect(stolen.status).toBe(401);
  await context.close();
  other.server.close();
});

test('no raw request line reads a file that is not the page’s', async () => {
  const { port, token } = target.served;
  const up = '../'.repeat(12);
  const encoded = '%2e%2e%2f'.repeat(12);
  const lines = [
    `GET /${up}etc/passwd HTTP/1.1`,
    `GET /${encoded}etc/passwd HTTP/1.1`,
    `GET /..%252f..%252f..%252fetc/passwd HTTP/1.1`,
    `GET /assets/${up}etc/passwd HTTP/1.1`,
    `GET //etc/passwd HTTP/1.1`,
    `GET /\\..\\..\\etc\\passwd HTTP/1.1`,
    `GET /etc/passwd%00.js HTTP/1.1`,
    `GET file:///etc/passwd HTTP/1.1`,
    `GET http://evil.example/etc/passwd HTTP/1.1`,
    `GET /.stamp/${up}package.json HTTP/1.1`,
    `TRACE / HTTP/1.1`,
    `CONNECT evil.example:80 HTTP/1.1`,
    `OPTIONS * HTTP/1.1`,
  ];
  for (const line of lines) {
    const request = `${line}\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`;
    const answer = await sendRaw(port, request);
    expect([line, /root:|"devDependencies"/.test(answer)]).toEqual([line, false]);
    expect([line, answer.startsWith('HTTP/1.1 200')]).toEqual([line, false]);
  }
  expect(await isAlive()).toBe(true);
});

test('requests that say two things at once, or too much, are refused', async () => {
  const { port, token } = target.served;
  const head = `Host: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}\r\n`;
  const smuggled = `POST /predict HTTP/1.1\r\n${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /`;
  expect(await sendRaw(port, smuggled)).toMatch(/^HTTP\/1\.1 400/);
  const long = `GET / HTTP/1.1\r\n${head}X: ${'x'.repeat(20_000)}\r\n\r\n`;
  expect(await sendRaw(port, long)).toMatch(/^HTTP\/1\.1 431/);
  const two = `GET / HTTP/1.1\r\n${head}Host: evil.example\r\n\r\n`;
  expect(await sendRaw(port, two)).toMatch(/^HTTP\/1\.1 (400|403)/);
  expect(await sendRaw(port, randomBytes(4096))).not.toContain(' 200 ');
});

test('connections that say nothing do not keep others out', async () => {
  const { port } = target.served;
  const silent = await Promise.all(
    Array.from(
      { length: 150 },
      () =>
        new Promise<Socket>((resolve) => {
          const socket = connectSocket(port, '127.0.0.1', () => resolve(socket));
          socket.on('error', () => undefined);
        }),
    ),
  );
  expect(await isAlive()).toBe(true);
  for (const socket of silent) socket.destroy();
});

/** A WebSocket by hand, to send what no client would. */
async function rawFrames(frames: Uint8Array): Promise<string> {
  const { port, token } = target.served;
  const head =
    `GET /socket HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\nSec-WebSocket-Version: 13\r\n` +
    `Sec-WebSocket-Protocol: unroll, ${token}\r\n\r\n`;
  return sendRaw(port, Buffer.concat([Buffer.from(head), frames]), 1000);
}

/** The close frame's code at the end of an answer; 0 without one. */
function closeCode(answer: string): number {
  const bytes = Buffer.from(answer.slice(answer.indexOf('\r\n\r\n') + 4), 'latin1');
  const at = bytes.lastIndexOf(0x88);
  return at < 0 ? 0 : bytes.readUInt16BE(at + 2);
}

test('frames that are too large, unmasked, compressed or endless end their connection only', async () => {
  const tooLarge = 1009;
  const broken = 1002;
  const claim = Buffer.alloc(14);
  claim.set([0x82, 0xff]);
  claim.writeBigUInt64BE(1n << 40n, 2);
  expect(closeCode(await rawFrames(claim))).toBe(tooLarge);
  expect(closeCode(await rawFrames(Uint8Array.from([0x82, 0x01, 0x00])))).toBe(broken);
  expect(closeCode(await rawFrames(Uint8Array.from([0xc2, 0x81, 0, 0, 0, 0, 0])))).toBe(broken);
  const fragments = (await openSocket(target.served)) as Client;
  const closed = new Promise<number>((resolve) => fragments.once('close', resolve));
  const part = new Uint8Array(8 << 20);
  for (let sent = 0; sent < 5; sent++) fragments.send(part, { fin: false });
  expect(await closed).toBe(tooLarge);
  expect(await isAlive()).toBe(true);
});

test('frames that nest without end or name prototypes change nothing', async () => {
  const socket = (await openSocket(target.served)) as Client;
  const frame = (text: string) => {
    const bytes = Buffer.from(`....${text}`);
    bytes.writeUInt32LE(text.length, 0);
    return bytes;
  };
  socket.send(frame(`{"id":1,"method":"settings.set","input":${'['.repeat(2e6)}`));
  socket.send(frame(`{"id":1,"method":"settings.set","input":${'['.repeat(1e5)}${']'.repeat(1e5)}}`));
  const polluted = '{"key":"a","value":1,"__proto__":{"hacked":1},"constructor":{"prototype":{"hacked":1}}}';
  socket.send(frame(`{"id":7,"method":"settings.set","input":${polluted}}`));
  socket.send(frame('{"id":8,"method":"__proto__","input":{}}'));
  socket.send(frame('{"id":9,"method":"settings.set","input":{"key":"__proto__","value":{"hacked":1}}}'));
  await ask(socket, 'application.info', {});
  const settings = await target.application.call('settings.get', {});
  expect((settings as { hacked?: unknown }).hacked).toBeUndefined();
  expect(({} as { hacked?: unknown }).hacked).toBeUndefined();
  socket.terminate();
});

test('a flood of calls is answered or refused, and others are still served', async () => {
  const flood = (await openSocket(target.served)) as Client;
  const other = (await openSocket(target.served)) as Client;
  const calls = 2000;
  const all = answers(flood, calls);
  for (let id = 0; id < calls; id++) flood.send(encodeFrame({ id, method: 'models.list', input: {} }));
  const started = performance.now();
  expect(await ask(other, 'application.info', {})).toHaveProperty('output');
  expect(performance.now() - started).toBeLessThan(5000);
  const frames = await all;
  const refused = frames.filter((frame) => 'error' in frame);
  for (const frame of refused) expect(frame).toMatchObject({ error: { code: 'too-busy' } });
  expect(new Set(frames.map((frame) => 'id' in frame && frame.id)).size).toBe(calls);
  for (const socket of [flood, other]) socket.terminate();
});

test('so many pages can be open, and no more', async () => {
  const opened = await Promise.all(Array.from({ length: 80 }, () => openSocket(target.served)));
  const refused = opened.filter((socket) => typeof socket === 'number');
  expect(new Set(refused)).toEqual(new Set([503]));
  expect(opened.length - refused.length).toBeLessThanOrEqual(64);
  for (const socket of opened) if (typeof socket !== 'number') socket.terminate();
  await expect.poll(async () => typeof (await openSocket(target.served))).toBe('object');
});

test('whoever guesses tokens is soon refused unheard, while an open page goes on', async () => {
  const guessed = await serve(target.application, { port: 0 });
  const socket = (await openSocket(guessed)) as Client;
  const status = async (token: string) =>
    (await fetch(`http://127.0.0.1:${guessed.port}/`, { headers: { authorization: `Bearer ${token}` } }))
      .status;
  const statuses: number[] = [];
  for (let guess = 0; guess < 130; guess++) statuses.push(await status(`guess${guess}`));
  expect(statuses.slice(0, 100)).toEqual(Array(100).fill(401));
  // A second gives two tries back.
  expect(statuses.filter((one) => one === 429).length).toBeGreaterThan(20);
  expect(await ask(socket, 'application.info', {})).toHaveProperty('output');
  await expect.poll(() => status(guessed.token), { timeout: 3000 }).toBe(200);
  socket.terminate();
  await guessed.close();
});

test('the token is in no file of the workspace', () => {
  const { workspace } = target.application;
  for (const name of readdirSync(workspace, { recursive: true }).map(String)) {
    const path = join(workspace, name);
    if (statSync(path).isFile())
      expect([name, readFileSync(path).includes(target.served.token)]).toEqual([name, false]);
  }
});
