/** The desktop app as it is built: in the real Electron where its binary is, else in the host that stands in for it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { electron, launchAgain, type Desktop } from '../electron-host/launch.ts';
import { openDesktop, type OpenedDesktop } from './desktop.ts';

/** In the host the page's address is the one Chromium knows; in Electron it is its own. */
const inHost = electron === null;

let opened: OpenedDesktop;
let desktop: Desktop;
let page: Page;
beforeAll(async () => {
  opened = await openDesktop();
  ({ desktop, page } = opened);
});
afterAll(() => opened.close());

test('one window shows the workbench, sandboxed and isolated, once it is drawn', async () => {
  const windows = await desktop.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows().map((window) => ({
      visible: window.isVisible(),
      url: window.webContents.getURL(),
    })),
  );
  expect(windows).toEqual([{ visible: true, url: expect.stringMatching(/^app:\/\/unroll\//) }]);
  expect(opened.complaints).toEqual([]);
});

test('the contract goes over IPC, with its typed arrays', async () => {
  expect(await opened.call('application.info', {})).toMatchObject({
    output: { shell: 'electron', workspace: join(opened.home, 'workspace') },
  });
  const table = (await opened.call('runs.table', {})) as { output: { numbers: Record<string, unknown> } };
  expect(table.output.numbers.epochs).toBeInstanceOf(Float64Array);
  expect(await opened.call('constructor', {})).toMatchObject({ error: { code: 'input-invalid' } });
  expect(await opened.call('settings.set', { key: '', value: 1 })).toMatchObject({
    error: { code: 'input-invalid' },
  });
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
  const path = join(opened.home, 'reviews.csv');
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
  expect(await opened.call('application.info', {})).toMatchObject({ output: { shell: 'electron' } });
});

test.runIf(inHost)('a second start brings the first window to the front and ends', async () => {
  await desktop.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.minimize());
  expect(await launchAgain(opened.home)).toBe(0);
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
