/** What the module `electron` of the main process holds: what the application uses of it, and no more. */
export { app } from './application.ts';
export {
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
export { ipcMain } from './ipc.ts';
export { protocol, session } from './session.ts';
export { BrowserWindow } from './window.ts';
