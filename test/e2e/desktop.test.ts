/** The desktop app as it is built: in the real Electron where its binary is, else in the host that stands in for it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  decodeFrame,
  encodeFrame,
  LARGEST_FRAME_BYTES,
  type Frame,
} from '../../src/shared/contract/codec.ts';
import {
  electron,
  launchAgain,
  launchDesktop,
  temporaryHome,
  type Desktop,
} from '../electron-host/launch.ts';

declare global {
  interface Window {
    unroll: {
      send(bytes: Uint8Array): void;
      receive(listener: (bytes: Uint8Array) => void): void;
      openFile(): Promise<string | null>;
      saveFile(suggested: string): Promise<string | null>;
      pathOf(file: File): string;
    };
  }
}

/** In the host the page's address is the one Chromium knows; in Electron it is its own. */
const inHost = electron === null;
let folder: ReturnType<typeof temporaryHome>;
let desktop: Desktop;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  folder = temporaryHome();
  desktop = await launchDesktop(folder.home);
  page = desktop.page;
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.getByRole('navigation', { name: 'Screens' }).waitFor();
});
afterAll(async () => {
  await desktop.close();
  folder.remove();
});

/** Sends a frame through the page's channel, as its own client does, and waits for the answer. */
async function call(method: string, input: unknown, id = 900_000): Promise<Frame> {
  const answer = await page.evaluate(
    ({ bytes, wanted }) =>
      new Promise<number[]>((resolve) => {
        window.unroll.receive((frame) => {
          if (new TextDecoder().decode(frame).includes(`"id":${wanted},`)) resolve([...frame]);
        });
        window.unroll.send(Uint8Array.from(bytes));
      }),
    { bytes: [...encodeFrame({ id, method, input })], wanted: id },
  );
  return decodeFrame(Uint8Array.from(answer));
}

/** Runs a script in the page from the main process, without waiting for what it navigates to. */
function inPage(script: string): Promise<unknown> {
  return desktop.evaluate(
    ({ BrowserWindow }, code) =>
      BrowserWindow.getAllWindows()[0]!.webContents.executeJavaScript(
        `{ const value = ${code}; String(value?.closed ?? value) }`,
      ),
    script,
  );
}

test('one window shows the workbench, sandboxed and isolated, once it is drawn', async () => {
  const windows = await desktop.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows().map((window) => ({
      visible: window.isVisible(),
      url: window.webContents.getURL(),
    })),
  );
  expect(windows).toEqual([{ visible: true, url: expect.stringMatching(/^app:\/\/unroll\//) }]);
  expect(complaints).toEqual([]);
});

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

test('the contract goes over IPC, with its typed arrays', async () => {
  expect(await call('application.info', {})).toMatchObject({
    output: { shell: 'electron', workspace: join(folder.home, 'workspace') },
  });
  const table = (await call('runs.table', {})) as { output: { numbers: Record<string, unknown> } };
  expect(table.output.numbers.epochs).toBeInstanceOf(Float64Array);
  expect(await call('constructor', {})).toMatchObject({ error: { code: 'input-invalid' } });
  expect(await call('settings.set', { key: '', value: 1 })).toMatchObject({
    error: { code: 'input-invalid' },
  });
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
  const { output } = (await call('settings.get', {})) as { output: Record<string, unknown> };
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

test('a file is opened and saved where the dialog says, and nowhere when it is cancelled', async () => {
  await desktop.evaluate(({ dialog }) => {
    dialog.showOpenDialog = async () => ({ canceled: false, filePaths: ['/data/reviews.csv'] });
    dialog.showSaveDialog = async (...given: unknown[]) => {
      const { defaultPath } = given.at(-1) as { defaultPath: string };
      return { canceled: false, filePath: `${defaultPath}.keras` };
    };
  });
  expect(await page.evaluate(() => window.unroll.openFile())).toBe('/data/reviews.csv');
  expect(await page.evaluate(() => window.unroll.saveFile('/data/lstm'))).toBe('/data/lstm.keras');
  await desktop.evaluate(({ dialog }) => {
    dialog.showOpenDialog = async () => ({ canceled: true, filePaths: [] });
    dialog.showSaveDialog = async () => ({ canceled: true, filePath: '' });
  });
  expect(await page.evaluate(() => window.unroll.openFile())).toBeNull();
  expect(await page.evaluate(() => window.unroll.saveFile('/data/lstm'))).toBeNull();
});

test('a file that the user gives to the page is known by where it lies', async () => {
  const path = join(folder.home, 'reviews.csv');
  writeFileSync(path, 'text,label\ngood,1\n');
  await page.evaluate(() => {
    const element = document.createElement('input');
    element.type = 'file';
    element.id = 'given';
    document.body.append(element);
  });
  // The driver itself would send the bytes and not the place.
  const session = await page.context().newCDPSession(page);
  const expression = "document.getElementById('given')";
  const { result } = await session.send('Runtime.evaluate', { expression });
  await session.send('DOM.setFileInputFiles', { files: [path], objectId: result.objectId! });
  const known = await page.evaluate(() => {
    const element = document.getElementById('given') as HTMLInputElement;
    element.remove();
    return window.unroll.pathOf(element.files![0]!);
  });
  expect(known).toBe(path);
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

test.runIf(inHost)('what the page made can be saved', async () => {
  const begun = page.waitForEvent('download');
  await page.evaluate(() => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob(['epoch,loss\n1,0.5\n']));
    link.download = 'curves.csv';
    link.click();
  });
  const download = await begun;
  expect(download.suggestedFilename()).toBe('curves.csv');
  expect(readFileSync(await download.path(), 'utf8')).toBe('epoch,loss\n1,0.5\n');
});

test('a reloaded page is a new client', async () => {
  const loaded = page.waitForEvent('load');
  await desktop.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.reload());
  await loaded;
  await page.getByRole('navigation', { name: 'Screens' }).waitFor();
  expect(await call('application.info', {})).toMatchObject({ output: { shell: 'electron' } });
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
  await inPage("window.open('https://paper.example/lstm')");
  await expect.poll(state).toEqual({ asked: ['https://paper.example/lstm'], opened: [], windows: 1 });
  await desktop.evaluate(() => void Object.assign(globalThis, { answer: 1 }));
  await inPage("window.open('https://paper.example/gru')");
  await expect.poll(async () => (await state()).opened).toEqual(['https://paper.example/gru']);
  await inPage("window.open('file:///etc/passwd')");
  await inPage("window.open('about:blank')");
  expect((await state()).asked).toHaveLength(2);
  await inPage("window.location.href = 'https://evil.example/'");
  await expect
    .poll(() =>
      desktop.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.webContents.getURL()),
    )
    .toMatch(/^app:\/\/unroll\//);
  expect(await inPage("document.querySelectorAll('nav').length > 0")).toBe('true');
});

test.runIf(inHost)('a second start brings the first window to the front and ends', async () => {
  await desktop.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.minimize());
  expect(await launchAgain(folder.home)).toBe(0);
  const state = () =>
    desktop.evaluate(({ BrowserWindow }) => {
      const windows = BrowserWindow.getAllWindows();
      return [windows.length, windows[0]!.isMinimized(), windows[0]!.isFocused()];
    });
  await expect.poll(state).toEqual([1, false, true]);
});

test.runIf(inHost)('a page that crashes comes back, and the application was not touched', async () => {
  await desktop.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]!.webContents.forcefullyCrashRenderer(),
  );
  const screens = () =>
    desktop
      .evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows()[0]!.webContents.executeJavaScript(
          "document.querySelectorAll('nav a').length",
        ),
      )
      .catch(() => 0);
  await expect.poll(screens, { timeout: 10_000 }).toBeGreaterThan(3);
});

test('it ends when it is asked to, with its workspace closed', async () => {
  await desktop.evaluate(({ app }) => void setTimeout(() => app.quit(), 0));
  expect(await desktop.ended).toBe(0);
});
