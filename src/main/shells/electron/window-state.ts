/** A window opens where it was closed, as large, unless the screen it was on is gone. */
import { screen, type BrowserWindow, type BrowserWindowConstructorOptions, type Rectangle } from 'electron';
import { keep, readKept } from './kept.ts';

const FIRST_SIZE = { width: 1280, height: 800 };
/** So much of a window must be on a screen for its title to be reached. */
const IN_REACH = { width: 120, height: 40 };

function isInReach(bounds: Rectangle): boolean {
  const { workArea } = screen.getDisplayMatching(bounds);
  const width =
    Math.min(bounds.x + bounds.width, workArea.x + workArea.width) - Math.max(bounds.x, workArea.x);
  return (
    width >= IN_REACH.width &&
    bounds.y >= workArea.y &&
    bounds.y + IN_REACH.height <= workArea.y + workArea.height
  );
}

/** Where and how large a new window is. */
export function windowPlace(): Pick<BrowserWindowConstructorOptions, 'x' | 'y' | 'width' | 'height'> {
  const { window } = readKept();
  if (!window) return FIRST_SIZE;
  const { maximized: _, ...bounds } = window;
  return isInReach(bounds) ? bounds : { width: bounds.width, height: bounds.height };
}

/** Opens a window as it was left, and keeps how it is left. */
export function keepWindowState(window: BrowserWindow): void {
  if (readKept().window?.maximized) window.maximize();
  window.on('close', () =>
    keep({ window: { ...window.getNormalBounds(), maximized: window.isMaximized() } }),
  );
}
