/**
 * The desktop app: one window on the built renderer, and the contract over Electron's IPC. The page is sandboxed and gets
 * nothing but the preload script's channel; it can neither leave its own files nor open anything else.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { app, BrowserWindow, dialog } from 'electron';
import { toErrorValue } from '../../shared/errors.ts';
import { openApplication, type Application } from '../application.ts';
import { showActivity } from './electron/activity.ts';
import { confinePages } from './electron/confine.ts';
import { installMenus } from './electron/menus.ts';
import { hearOfFiles, openFilesFromOutside } from './electron/open-files.ts';
import { registerPage, servePage } from './electron/page.ts';
import { lookForUpdateAtStart } from './electron/updates.ts';
import { openWindow } from './electron/window.ts';
import { defaultWorkspace } from './workspace-folder.ts';

/** The Node that training children run on: shipped beside the app, or the checkout's, which `npm start` names. Never Electron's. */
function trainingNode(): string {
  const shipped = join(process.resourcesPath, process.platform === 'win32' ? 'node.exe' : 'node');
  return existsSync(shipped) ? shipped : (process.env.UNROLL_NODE ?? 'node');
}

function endProperly(application: Application): void {
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  let saved = false;
  app.on('before-quit', (event) => {
    if (saved) return;
    event.preventDefault();
    void application.close().finally(() => {
      saved = true;
      app.quit();
    });
  });
}

function start(): void {
  let application: Application;
  try {
    application = openApplication({
      workspace: defaultWorkspace(),
      shell: 'electron',
      nodePath: trainingNode(),
    });
  } catch (error) {
    const { message, hint } = toErrorValue(error);
    dialog.showErrorBox(message, hint);
    app.exit(1);
    return;
  }
  servePage();
  confinePages();
  openWindow(application);
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) openWindow(application);
  });
  const tools = { application, openWindow: () => openWindow(application) };
  installMenus(tools);
  openFilesFromOutside(tools, () => installMenus(tools));
  showActivity(application);
  lookForUpdateAtStart();
  endProperly(application);
}

app.enableSandbox();
registerPage();
hearOfFiles();
if (app.requestSingleInstanceLock()) void app.whenReady().then(start);
else app.quit();
