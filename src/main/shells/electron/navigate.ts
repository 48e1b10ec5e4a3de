/** Shows a place of the interface in the window, as a link within the page would. */
import type { BrowserWindow } from 'electron';
import { ORIGIN } from './page.ts';

/** @param place the path after `#/`, in parts: `['runs', id]` */
export function showPlace(window: BrowserWindow, place: readonly string[]): void {
  bringForward(window);
  const address = `${ORIGIN}/#/${place.map(encodeURIComponent).join('/')}`;
  // Only the part after # differs, so the page stays and hears of it. It cannot fail but by the window's end.
  const go = () => void window.loadURL(address).catch(() => undefined);
  if (window.webContents.isLoading()) window.webContents.once('did-finish-load', go);
  else go();
}

export function bringForward(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}
