/**
 * Files opened from outside the page: by a double click on a run, dropped on the application, named on the command line, or
 * chosen in the menu. A run or a model becomes part of the workspace and is shown.
 */
import { extname, resolve } from 'node:path';
import { app, BrowserWindow, dialog } from 'electron';
import { toErrorValue } from '../../../shared/errors.ts';
import type { Application } from '../../application.ts';
import { finishJob } from '../finish-job.ts';
import { keepRecent } from './kept.ts';
import { bringForward, showPlace } from './navigate.ts';

export interface FileTools {
  application: Application;
  openWindow: () => BrowserWindow;
}

const MODEL_ENDINGS = ['.keras', '.h5', '.hdf5', '.json'];
export const FILE_ENDINGS = ['.unroll', ...MODEL_ENDINGS];

/** The files among a command line's words: an option is none, and what is no file of ours is left alone. */
function filesAmong(words: readonly string[], folder: string): string[] {
  return words
    .filter((word) => !word.startsWith('-') && FILE_ENDINGS.includes(extname(word).toLowerCase()))
    .map((word) => resolve(folder, word));
}

/** Where the file's content is to be seen, once it is in the workspace. */
async function bring(application: Application, path: string): Promise<string[]> {
  if (extname(path).toLowerCase() === '.unroll')
    return ['runs', (await finishJob(application, 'runs.import', { path })).id];
  return ['build', (await finishJob(application, 'models.import', { path })).model.name];
}

/** Opens a file in a window, or says why it cannot be opened. */
export async function openFile(application: Application, window: BrowserWindow, path: string): Promise<void> {
  bringForward(window);
  try {
    const place = await bring(application, path);
    keepRecent(path);
    app.addRecentDocument(path);
    if (!window.isDestroyed()) showPlace(window, place);
  } catch (error) {
    const { message, hint } = toErrorValue(error);
    if (window.isDestroyed()) return;
    await dialog.showMessageBox(window, { type: 'error', message, detail: hint, buttons: ['OK'] });
  }
}

/** macOS names files before the app is ready. */
const early: string[] = [];
let open = (path: string): void => void early.push(path);

/** Before the app is ready. */
export function hearOfFiles(): void {
  early.push(...filesAmong(process.argv.slice(1), process.cwd()));
  app.on('open-file', (event, path) => {
    event.preventDefault();
    open(path);
  });
}

/**
 * Opens what was named until now and what is from now on, each in the window that is there or in a new one.
 * @param opened is told after each
 */
export function openFilesFromOutside({ application, openWindow }: FileTools, opened: () => void): void {
  const window = () => BrowserWindow.getAllWindows()[0] ?? openWindow();
  open = (path) => void openFile(application, window(), path).then(opened);
  for (const path of early.splice(0)) open(path);
  app.on('second-instance', (_event, words, folder) => {
    bringForward(window());
    for (const path of filesAmong(words.slice(1), folder)) open(path);
  });
}
