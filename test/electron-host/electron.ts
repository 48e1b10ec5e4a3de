/** Stands in for the module `electron` of the main process: what the application uses of it, and no more. */
import { app } from './application.ts';
import { browserReady } from './chromium.ts';
import {
  dialog,
  Menu,
  MenuItem,
  nativeImage,
  nativeTheme,
  Notification,
  powerSaveBlocker,
  screen,
  shell,
} from './desktop.ts';
import { ipcMain } from './ipc.ts';
import { protocol, session } from './session.ts';
import { BrowserWindow } from './window.ts';

const electron = {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  MenuItem,
  nativeImage,
  nativeTheme,
  Notification,
  powerSaveBlocker,
  protocol,
  screen,
  session,
  shell,
};

interface Question {
  id: number;
  code: string;
  value: unknown;
}

/** A test's functions run here, as Playwright's `evaluate` runs them in a real Electron. */
async function run({ id, code, value }: Question): Promise<void> {
  try {
    const evaluate = (0, eval)(`(${code})`) as (module: object, value: unknown) => unknown;
    process.send!({ id, result: await evaluate(electron, value) });
  } catch (error) {
    process.send!({ id, error: error instanceof Error ? error.message : String(error) });
  }
}

process.on('message', (question: Question) => void run(question));
process.on('disconnect', () => app.exit(1));
app.once('ready', () => process.send?.({ endpoint: browserReady()!.endpoint }));

export {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  MenuItem,
  nativeImage,
  nativeTheme,
  Notification,
  powerSaveBlocker,
  protocol,
  screen,
  session,
  shell,
};
