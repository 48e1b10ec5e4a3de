/**
 * The desktop app: one window on the built renderer, and the contract over Electron's IPC. The page is sandboxed and gets
 * nothing but the preload script's channel; it can neither leave its own files nor open anything else.
 */
import { existsSync } from 'node:fs';
import { join, normalize, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  net,
  protocol,
  session,
  type IpcMainEvent,
  type IpcMainInvokeEvent,
} from 'electron';
import { toErrorValue } from '../../shared/errors.ts';
import { openApplication, type Application } from '../application.ts';
import { packageRoot } from '../package-root.ts';
import { connect, type Connection } from './connection.ts';
import { SECURITY_HEADERS } from './security.ts';
import { defaultWorkspace } from './workspace-folder.ts';

const ORIGIN = 'app://unroll';
const CHANNEL = 'unroll';

protocol.registerSchemesAsPrivileged([
  { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
]);

/** The Node that training children run on: shipped beside the app, or the checkout's, which `npm start` names. Never Electron's. */
function trainingNode(): string {
  const shipped = join(process.resourcesPath, process.platform === 'win32' ? 'node.exe' : 'node');
  return existsSync(shipped) ? shipped : (process.env.UNROLL_NODE ?? 'node');
}

/** Answers `app://unroll/…` with a file of the built renderer, and with nothing from outside its folder. */
async function answer(request: Request): Promise<Response> {
  const folder = join(packageRoot, 'dist/renderer');
  const { pathname } = new URL(request.url);
  const path = normalize(join(folder, pathname === '/' ? 'index.html' : decodeURIComponent(pathname)));
  if (!path.startsWith(folder + sep) || !existsSync(path))
    return new Response('There is nothing here.', { status: 404 });
  const file = await net.fetch(pathToFileURL(path).href);
  const headers = new Headers(file.headers);
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) headers.set(name, value);
  return new Response(file.body, { status: file.status, headers });
}

/** Only the page itself, in its main frame, may speak to us. */
function isOurPage({ senderFrame, sender }: IpcMainEvent | IpcMainInvokeEvent): boolean {
  return senderFrame !== null && senderFrame === sender.mainFrame && senderFrame.origin === ORIGIN;
}

function forbidEverythingElse(): void {
  session.defaultSession.setPermissionRequestHandler((_contents, _permission, decide) => decide(false));
  session.defaultSession.setPermissionCheckHandler(() => false);
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => event.preventDefault());
    contents.on('will-redirect', (event) => event.preventDefault());
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  });
}

function openWindow(application: Application): void {
  const window = new BrowserWindow({
    width: 1280,
    height: 800,
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
    },
  });
  let connection: Connection | undefined;
  const { webContents } = window;
  const receive = (event: IpcMainEvent, bytes: unknown) => {
    if (event.sender === webContents && isOurPage(event) && bytes instanceof Uint8Array)
      connection?.receive(bytes);
  };
  ipcMain.on(CHANNEL, receive);
  // A reloaded page is a new client: it must not get answers to its predecessor's calls.
  webContents.on('did-start-loading', () => {
    connection?.close();
    connection = connect(application, (bytes) => webContents.send(CHANNEL, bytes));
  });
  window.once('closed', () => {
    connection?.close();
    ipcMain.off(CHANNEL, receive);
  });
  window.once('ready-to-show', () => window.show());
  void window.loadURL(`${ORIGIN}/`);
}

function offerFileDialogs(): void {
  ipcMain.handle('unroll:open-file', async (event) => {
    const window = BrowserWindow.fromWebContents(event.sender);
    if (!isOurPage(event) || !window) return null;
    const { filePaths } = await dialog.showOpenDialog(window, { properties: ['openFile'] });
    return filePaths[0] ?? null;
  });
  ipcMain.handle('unroll:save-file', async (event, suggested: unknown) => {
    const window = BrowserWindow.fromWebContents(event.sender);
    if (!isOurPage(event) || !window || typeof suggested !== 'string') return null;
    const { filePath } = await dialog.showSaveDialog(window, { defaultPath: suggested });
    return filePath || null;
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
  protocol.handle('app', answer);
  forbidEverythingElse();
  offerFileDialogs();
  openWindow(application);
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) openWindow(application);
  });
  app.on('second-instance', () => {
    const [window] = BrowserWindow.getAllWindows();
    if (window?.isMinimized()) window.restore();
    window?.focus();
  });
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

if (app.requestSingleInstanceLock()) void app.whenReady().then(start);
else app.quit();
