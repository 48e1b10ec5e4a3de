/** What the desktop app does beyond its page: menus, files from outside, the window's place, and what it shows of training. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  electron,
  launchAgain,
  launchDesktop,
  temporaryHome,
  type Desktop,
} from '../electron-host/launch.ts';

const root = join(import.meta.dirname, '../..');
const { home, remove } = temporaryHome();
const file = join(home, 'sent.unroll');
let desktop: Desktop;

function unroll(workspace: string, ...commandLine: string[]): void {
  const entry = join(root, 'dist/main/cli.js');
  execFileSync(process.execPath, [entry, '--workspace', join(home, workspace), ...commandLine], {
    stdio: 'ignore',
  });
}

beforeAll(async () => {
  unroll('other', 'data', 'generate', 'recall', '--examples', '200', '--length', '12');
  unroll(
    ...['other', 'train', '--model', 'lecture-simple-rnn', '--data', 'recall', '--epochs', '1'],
    ...['--maxlen', '12', '--name', 'sent to me'],
  );
  unroll('other', 'export', 'sent to me', '--format', 'run', '--out', file);
  unroll('workspace', 'data', 'generate', 'recall', '--examples', '2000', '--length', '20');
  desktop = await launchDesktop(home);
}, 60_000);
afterAll(async () => {
  await desktop.close();
  remove();
});

/** Chooses an entry of the menus by its words. */
const choose = (entry: string) =>
  desktop.evaluate(({ Menu }, path) => {
    let menu = Menu.getApplicationMenu();
    for (const label of path.split(' > ')) {
      const item = menu?.items.find((one) => one.label.replaceAll('&', '') === label);
      if (!item) throw new Error(`There is no ${label}.`);
      if (!item.submenu) item.click();
      menu = item.submenu ?? null;
    }
  }, entry);
const address = () => desktop.page.evaluate(() => window.location.hash);

test('the menus lead to the screens and to the guide', async () => {
  await choose('View > Runs');
  await expect.poll(address).toBe('#/runs');
  await choose('Help > Guide');
  await expect.poll(address).toBe('#/help');
  await desktop.page.getByRole('heading', { name: 'What Unroll is for' }).waitFor();
});

test('a run opened from outside is shown and is among the recent files', async () => {
  await desktop.evaluate(({ app }, path) => {
    app.emit('open-file', { preventDefault: () => undefined }, path);
  }, file);
  await expect.poll(address, { timeout: 10_000 }).toMatch(/^#\/runs\/.+/);
  const recent = () =>
    desktop.evaluate(({ Menu }) =>
      Menu.getApplicationMenu()
        ?.items.find(({ label }) => label.includes('File'))
        ?.submenu?.items.find(({ label }) => label === 'Open Recent')
        ?.submenu?.items.map(({ label }) => label),
    );
  await expect.poll(recent).toContain('sent.unroll');
});

test('a second start opens its file in the first, and ends', async () => {
  await choose('View > Start');
  expect(await launchAgain(home, file)).toBe(0);
  await expect.poll(address, { timeout: 10_000 }).toMatch(/^#\/runs\/.+/);
});

test('training shows in the taskbar and keeps the machine awake; its end is told when the window is elsewhere', async () => {
  await desktop.evaluate(({ BrowserWindow, powerSaveBlocker }) => {
    const noted = globalThis as unknown as { shown: number[]; awake: boolean };
    noted.shown = [];
    const window = BrowserWindow.getAllWindows()[0]!;
    const set = window.setProgressBar.bind(window);
    window.setProgressBar = (progress: number) => {
      noted.shown.push(progress);
      noted.awake ||= powerSaveBlocker.isStarted(0);
      set(progress);
    };
    window.blur();
  });
  await desktop.page.evaluate(
    () => (window.location.hash = '#/train?model=lecture-simple-rnn&data=recall&maxlen=20'),
  );
  await desktop.page
    .getByRole('button', { name: /^Start training/ })
    .first()
    .click();
  const told = () =>
    desktop.evaluate(({ Notification }) =>
      (Notification as unknown as { shown: { title: string; body: string }[] }).shown.map(
        ({ title, body }) => `${title}: ${body}`,
      ),
    );
  await expect
    .poll(told, { timeout: 30_000 })
    .toEqual([expect.stringMatching(/ finished: \d+ epochs?, val_acc \d\.\d{4}\.$/)]);
  const { shown, awake, stillAwake } = await desktop.evaluate(({ powerSaveBlocker }) => {
    const noted = globalThis as unknown as { shown: number[]; awake: boolean };
    return { shown: noted.shown, awake: noted.awake, stillAwake: powerSaveBlocker.isStarted(0) };
  });
  expect({ awake, stillAwake }).toEqual({ awake: true, stillAwake: false });
  expect(shown.some((progress) => progress > 0 && progress < 1)).toBe(true);
  expect(shown.at(-1)).toBe(-1);
});

test('a window opens where it was closed', async () => {
  const bounds = { x: 100, y: 80, width: 1100, height: 700 };
  await desktop.evaluate(
    ({ BrowserWindow }, given) => BrowserWindow.getAllWindows()[0]!.setBounds(given),
    bounds,
  );
  await desktop.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.close());
  await desktop.ended;
  desktop = await launchDesktop(home);
  expect(
    await desktop.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.getBounds()),
  ).toEqual(bounds);
});

test.runIf(electron === null)('the host takes its Chromium with it, even when it is killed', async () => {
  const pid = await desktop.evaluate(() => process.pid);
  const [port] = readFileSync(join(home, 'profile', String(pid), 'DevToolsActivePort'), 'utf8').split('\n');
  const isThere = () =>
    fetch(`http://127.0.0.1:${port}/json/version`).then(
      () => true,
      () => false,
    );
  expect(await isThere()).toBe(true);
  process.kill(pid, 'SIGKILL');
  await expect.poll(isThere, { timeout: 10_000 }).toBe(false);
});
