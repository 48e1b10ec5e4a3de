/** A window on the built renderer, and the contract over its IPC. */
import { join } from 'node:path';
import { BrowserWindow, dialog } from 'electron';
import { z } from 'zod';
import type { Application } from '../../application.ts';
import { packageRoot } from '../../package-root.ts';
import { connect, type Connection } from '../connection.ts';
import { answerPage, receiveFrames, sendFrame } from './ipc.ts';
import { ORIGIN } from './page.ts';
import { keepWindowState, windowPlace } from './window-state.ts';

const LONGEST_PATH = 32_767;
const SOON_MS = 10_000;

function offerFileDialogs({ webContents }: BrowserWindow): void {
  answerPage(webContents, 'unroll:open-file', z.undefined(), async (_input, window) => {
    const { filePaths } = await dialog.showOpenDialog(window, { properties: ['openFile'] });
    return filePaths[0] ?? null;
  });
  answerPage(webContents, 'unroll:save-file', z.string().max(LONGEST_PATH), async (defaultPath, window) => {
    const { filePath } = await dialog.showSaveDialog(window, { defaultPath });
    return filePath || null;
  });
}

/** Every page of the window is a client of its own: a new one must not get answers to its predecessor's calls. */
function joinPages(window: BrowserWindow, application: Application): void {
  const { webContents } = window;
  let connection: Connection | undefined;
  const begin = () => {
    connection?.close();
    connection = connect(application, (bytes) => sendFrame(webContents, bytes));
  };
  webContents.on('did-navigate', begin);
  window.once('closed', () => connection?.close());
  receiveFrames(webContents, (bytes) => connection?.receive(bytes));
}

/** The page is gone, the application is not: what trains goes on, and drafts and runs are read anew. */
function reloadAfterCrash(window: BrowserWindow): void {
  let crashedAt = -Infinity;
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit') return;
    const again = performance.now() - crashedAt < SOON_MS;
    crashedAt = performance.now();
    // A page that ends at once every time would be reloaded for ever.
    if (again) window.destroy();
    else window.reload();
  });
}

export function openWindow(application: Application): BrowserWindow {
  const window = new BrowserWindow({
    ...windowPlace(),
    minWidth: 900,
    minHeight: 600,
    show: false,
    autoHideMenuBar: true,
    webPreferences: {
      preload: join(packageRoot, 'dist/preload/preload.cjs'),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
      spellcheck: false,
    },
  });
  joinPages(window, application);
  offerFileDialogs(window);
  window.once('ready-to-show', () => window.show());
  reloadAfterCrash(window);
  keepWindowState(window);
  void window.loadURL(`${ORIGIN}/`);
  return window;
}
