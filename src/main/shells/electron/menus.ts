/** The application's menus: files, edits, places of the interface, and help. What they do, a key or a screen does too. */
import { basename, join } from 'node:path';
import { app, BrowserWindow, dialog, Menu, shell, type MenuItemConstructorOptions } from 'electron';
import { keep, readKept } from './kept.ts';
import { showPlace } from './navigate.ts';
import { FILE_ENDINGS, openFile, type FileTools } from './open-files.ts';
import { canUpdate, lookForUpdate } from './updates.ts';

const IS_MAC = process.platform === 'darwin';
const SCREENS = ['Start', 'Data', 'Build', 'Train', 'Runs', 'Compare', 'Settings'];

async function chooseFile({ application, openWindow }: FileTools): Promise<void> {
  const window = BrowserWindow.getAllWindows()[0] ?? openWindow();
  const { filePaths } = await dialog.showOpenDialog(window, {
    properties: ['openFile'],
    filters: [{ name: 'Runs and models', extensions: FILE_ENDINGS.map((ending) => ending.slice(1)) }],
  });
  if (filePaths[0] !== undefined) {
    await openFile(application, window, filePaths[0]);
    installMenus({ application, openWindow });
  }
}

function recentFiles(tools: FileTools): MenuItemConstructorOptions[] {
  const { recent } = readKept();
  if (recent.length === 0) return [{ label: 'None yet', enabled: false }];
  const open = (path: string) => () => {
    const window = BrowserWindow.getAllWindows()[0] ?? tools.openWindow();
    void openFile(tools.application, window, path).then(() => installMenus(tools));
  };
  const clear = () => {
    keep({ recent: [] });
    app.clearRecentDocuments();
    installMenus(tools);
  };
  return [
    ...recent.map((path) => ({ label: basename(path), toolTip: path, click: open(path) })),
    { type: 'separator' },
    { label: 'Forget Them', click: clear },
  ];
}

function fileMenu(tools: FileTools, go: (...place: string[]) => () => void): MenuItemConstructorOptions {
  return {
    label: '&File',
    submenu: [
      { label: 'Build a Model', click: go('build') },
      { label: 'Import Data…', click: go('data') },
      { type: 'separator' },
      { label: 'Open…', accelerator: 'CmdOrCtrl+O', click: () => void chooseFile(tools) },
      { label: 'Open Recent', submenu: recentFiles(tools) },
      { type: 'separator' },
      { role: IS_MAC ? 'close' : 'quit' },
    ],
  };
}

function viewMenu(go: (...place: string[]) => () => void): MenuItemConstructorOptions {
  const screens = SCREENS.map((label, index) => ({
    label,
    accelerator: `CmdOrCtrl+${index + 1}`,
    click: go(label.toLowerCase()),
  }));
  return {
    label: '&View',
    submenu: [
      ...screens,
      { type: 'separator' },
      { role: 'resetZoom' },
      { role: 'zoomIn' },
      { role: 'zoomOut' },
      { role: 'togglefullscreen' },
    ],
  };
}

function helpMenu(go: (...place: string[]) => () => void): MenuItemConstructorOptions {
  const updates: MenuItemConstructorOptions[] = [
    { type: 'separator' },
    { label: 'Look for a Newer Version…', click: () => void lookForUpdate({ quietly: false }) },
    {
      label: 'Look at Every Start',
      type: 'checkbox',
      checked: readKept().looksForUpdates,
      click: ({ checked }) => keep({ looksForUpdates: checked }),
    },
  ];
  return {
    role: 'help',
    label: '&Help',
    submenu: [
      { label: 'Guide', accelerator: 'F1', click: go('help') },
      { label: 'Layers and Their Equations', click: go('help', 'layers') },
      { type: 'separator' },
      { label: 'Licences', click: () => void shell.openPath(join(process.resourcesPath, 'LICENCES.txt')) },
      { role: 'about' },
      ...(canUpdate() ? updates : []),
    ],
  };
}

/** Makes the menus anew, as the recent files are now. */
export function installMenus(tools: FileTools): void {
  const go =
    (...place: string[]) =>
    () =>
      showPlace(BrowserWindow.getAllWindows()[0] ?? tools.openWindow(), place);
  const template: MenuItemConstructorOptions[] = [
    ...(IS_MAC ? [{ role: 'appMenu' } as const] : []),
    fileMenu(tools, go),
    { role: 'editMenu' },
    viewMenu(go),
    { role: 'windowMenu' },
    helpMenu(go),
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
