/** What the desktop app's page cannot do, and who is not heard: in the real Electron where its binary is, else in the host. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeFrame, LARGEST_FRAME_BYTES } from '../../src/shared/contract/codec.ts';
import { electron, type Desktop } from '../electron-host/launch.ts';
import { openDesktop, type OpenedDesktop } from './desktop.ts';

const inHost = electron === null;

let opened: OpenedDesktop;
let desktop: Desktop;
let page: Page;
beforeAll(async () => {
  opened = await openDesktop();
  ({ desktop, page } = opened);
});
afterAll(() => opened.close());

test.runIf(inHost)('the window asks for every protection there is', async () => {
  const preferences = await desktop.evaluate(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows() as unknown as { options: { webPreferences: object } }[];
    return window!.options.webPreferences;
  });
  expect(preferences).toEqual({
    preload: expect.stringMatching(/preload\.cjs$/),
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    webSecurity: true,
    spellcheck: false,
  });
});

test('the page has the channel of the preload script and nothing else of Electron or Node', async () => {
  const found = await page.evaluate(() => {
    const scope = window as unknown as Record<string, unknown>;
    const bridge = scope.unroll as Record<string, unknown>;
    return {
      members: Object.fromEntries(Object.entries(bridge).map(([name, value]) => [name, typeof value])),
      others: ['require', 'process', 'Buffer', 'ipcRenderer', 'electron', 'module', 'global'].filter(
        (name) => typeof scope[name] !== 'undefined',
      ),
      frozen: Object.isFrozen(bridge),
    };
  });
  expect(Object.values(found.members)).toEqual(Object.values(found.members).map(() => 'function'));
  expect(Object.keys(found.members)).toEqual(
    expect.arrayContaining(['send', 'receive', 'openFile', 'saveFile', 'pathOf']),
  );
  expect(found).toMatchObject({ others: [], frozen: true });
});

test('a forged message is not heard: another frame, another origin, no bytes, too many bytes', async () => {
  const set = [...encodeFrame({ id: 1, method: 'settings.set', input: { key: 'forged', value: true } })];
  await desktop.evaluate(
    ({ BrowserWindow }, { bytes, limit }) => {
      const { webContents: sender } = BrowserWindow.getAllWindows()[0]!;
      const { mainFrame } = sender;
      const frame = Uint8Array.from(bytes);
      const emit = (senderFrame: unknown, message: unknown) =>
        sender.ipc.emit('unroll', { sender, senderFrame }, message);
      emit(null, frame);
      emit({ ...mainFrame, origin: 'app://unroll', url: mainFrame.url }, frame);
      emit({ origin: 'https://evil.example', url: 'https://evil.example/' }, frame);
      emit(mainFrame, bytes);
      emit(mainFrame, 'text');
      emit(mainFrame, new Uint8Array(limit + 1));
    },
    { bytes: set, limit: LARGEST_FRAME_BYTES },
  );
  const { output } = (await opened.call('settings.get', {})) as { output: Record<string, unknown> };
  expect(output).not.toHaveProperty('forged');
});

test('what the page asks of the system is refused where it is not as it should be', async () => {
  const asked = await page.evaluate(async () => {
    const saveFile = window.unroll.saveFile as (name: unknown) => Promise<unknown>;
    const outcome = (name: unknown) =>
      saveFile(name).then(
        () => 'answered',
        (error: Error) => error.message,
      );
    return Promise.all([outcome({ path: '/' }), outcome('x'.repeat(40_000)), outcome(undefined)]);
  });
  for (const outcome of asked) expect(outcome).toContain('Refused.');
});

test('the scheme serves the page and its files, and nothing from outside their folder', async () => {
  const answers = await page.evaluate(async () => {
    const ask = async (path: string, options?: RequestInit) => {
      const answer = await fetch(path, options).catch(() => null);
      return answer === null ? 'refused' : answer.status;
    };
    const ways = ['/../../package.json', '/%2e%2e/%2e%2e/package.json', '/..%2f..%2fpackage.json'];
    const more = ['/..%5c..%5cpackage.json', '/%00', '/%', '/assets/', '/nowhere.js', '/.stamp'];
    return {
      page: await ask('/'),
      others: await Promise.all([...ways, ...more].map((way) => ask(way))),
      post: await ask('/', { method: 'POST' }),
      csp: (await fetch('/')).headers.get('content-security-policy'),
    };
  });
  expect(answers.page).toBe(200);
  for (const status of [...answers.others, answers.post]) expect([404, 'refused']).toContain(status);
  expect(answers.csp).toContain("default-src 'none'");
  expect(answers.csp).not.toContain('unsafe-');
});

/** The directive that refuses what `attempt` does in the page. */
function violation(attempt: () => void): Promise<string> {
  return page.evaluate(
    `new Promise((resolve) => {
      document.addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective), { once: true });
      try { (${attempt.toString()})(); } catch {}
    })`,
  );
}

test('the content security policy refuses code and connections that are not ours', async () => {
  const add = (name: string, members: object) =>
    new Function(
      `document.body.append(Object.assign(document.createElement(${JSON.stringify(name)}), ${JSON.stringify(members)}))`,
    ) as () => void;
  expect(await violation(add('style', { textContent: 'body { color: red }' }))).toBe('style-src-elem');
  expect(await violation(add('iframe', { src: 'https://evil.example/' }))).toBe('frame-src');
  expect(await violation(add('img', { src: 'https://evil.example/x.png' }))).toBe('img-src');
  expect(await violation(() => (document.body.innerHTML += '<b>markup</b>'))).toBe(
    'require-trusted-types-for',
  );
  expect(await violation(() => document.body.setAttribute('style', 'color: red'))).toBe('style-src-attr');
  expect(await violation(() => document.body.setAttribute('onclick', 'alert(1)'))).toMatch(
    /script-src-attr|require-trusted-types-for/,
  );
  expect(await violation(() => void fetch('https://evil.example/').catch(() => undefined))).toBe(
    'connect-src',
  );
  expect(await violation(() => void new WebSocket('wss://evil.example/'))).toBe('connect-src');
});

test('no permission is given but to copy and paste', async () => {
  const states = await page.evaluate(async () => {
    const names = ['geolocation', 'notifications', 'clipboard-write', 'clipboard-read'];
    const query = async (name: string) =>
      (await navigator.permissions.query({ name: name as PermissionName })).state;
    return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await query(name)])));
  });
  expect(states).toEqual({
    geolocation: 'denied',
    notifications: 'denied',
    'clipboard-write': 'granted',
    'clipboard-read': 'granted',
  });
});

test.runIf(inHost)('no request leaves, whoever makes it', async () => {
  const allowed = await desktop.evaluate(async ({ session }) => {
    const pages = session.defaultSession as unknown as {
      mayRequest(details: { url: string }): Promise<boolean>;
    };
    const addresses = ['https://evil.example/', 'http://127.0.0.1/', 'file:///etc/passwd', 'ws://a.example/'];
    return Promise.all(
      [...addresses, 'app://other/', 'app://unroll/'].map((url) => pages.mayRequest({ url })),
    );
  });
  expect(allowed).toEqual([false, false, false, false, false, true]);
});

test('the page cannot leave and opens no window; an address is opened outside only if the user says so', async () => {
  await desktop.evaluate(({ dialog, shell }) => {
    const asked: string[] = [];
    Object.assign(globalThis, { asked, answer: 0, opened: [] as string[] });
    const scope = globalThis as unknown as { answer: number; opened: string[] };
    dialog.showMessageBox = async (...given: unknown[]) => {
      asked.push((given.at(-1) as { detail: string }).detail);
      return { response: scope.answer, checkboxChecked: false };
    };
    shell.openExternal = async (address) => void scope.opened.push(address);
  });
  const state = () =>
    desktop.evaluate(({ BrowserWindow }) => {
      const { asked, opened } = globalThis as unknown as { asked: string[]; opened: string[] };
      return { asked, opened, windows: BrowserWindow.getAllWindows().length };
    });
  await opened.inPage("window.open('https://paper.example/lstm')");
  await expect.poll(state).toEqual({ asked: ['https://paper.example/lstm'], opened: [], windows: 1 });
  await desktop.evaluate(() => void Object.assign(globalThis, { answer: 1 }));
  await opened.inPage("window.open('https://paper.example/gru')");
  await expect.poll(async () => (await state()).opened).toEqual(['https://paper.example/gru']);
  await opened.inPage("window.open('file:///etc/passwd')");
  await opened.inPage("window.open('about:blank')");
  expect((await state()).asked).toHaveLength(2);
  await opened.inPage("window.location.href = 'https://evil.example/'");
  await expect
    .poll(() =>
      desktop.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.webContents.getURL()),
    )
    .toMatch(/^app:\/\/unroll\//);
  expect(await opened.inPage("document.querySelectorAll('nav').length > 0")).toBe('true');
});
