/**
 * Newer versions, for those who ask: nothing is looked for unless the user says so, once or for every start, and nothing is
 * loaded without another yes. A package that was made without a place for updates offers none of this.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { dialog } from 'electron';
import { readKept } from './kept.ts';

export function canUpdate(): boolean {
  return existsSync(join(process.resourcesPath, 'app-update.yml'));
}

async function ask(message: string, detail: string, yes: string): Promise<boolean> {
  const buttons = ['Not now', yes];
  const { response } = await dialog.showMessageBox({ message, detail, buttons, defaultId: 1, cancelId: 0 });
  return response === 1;
}

/** @param quietly says nothing where there is nothing newer, or where the place cannot be reached */
export async function lookForUpdate({ quietly }: { quietly: boolean }): Promise<void> {
  try {
    const { default: updater } = await import('electron-updater');
    const { autoUpdater } = updater;
    autoUpdater.autoDownload = false;
    autoUpdater.autoInstallOnAppQuit = true;
    const found = await autoUpdater.checkForUpdates();
    if (found?.isUpdateAvailable) {
      const { version } = found.updateInfo;
      const detail = 'It is loaded now and put in place when you quit. What trains goes on.';
      if (await ask(`Unroll ${version} is available.`, detail, 'Load it')) await autoUpdater.downloadUpdate();
    } else if (!quietly)
      await dialog.showMessageBox({ message: 'This is the newest version.', buttons: ['OK'] });
  } catch (error) {
    if (quietly) return;
    const detail = error instanceof Error ? error.message.split('\n')[0]! : String(error);
    await dialog.showMessageBox({
      type: 'error',
      message: 'Newer versions could not be looked for.',
      detail: `${detail} Check the connection, or look at the place you have Unroll from.`,
      buttons: ['OK'],
    });
  }
}

/** At the start, for those who wanted it so. */
export function lookForUpdateAtStart(): void {
  if (canUpdate() && readKept().looksForUpdates) void lookForUpdate({ quietly: true });
}
