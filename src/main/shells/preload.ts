/** All that the desktop app's page gets from Electron: a channel for the contract's frames, and paths of files the user chose. */
import { contextBridge, ipcRenderer, webUtils } from 'electron';

contextBridge.exposeInMainWorld('unroll', {
  send: (bytes: Uint8Array): void => ipcRenderer.send('unroll', bytes),
  receive: (listener: (bytes: Uint8Array) => void): void => {
    ipcRenderer.on('unroll', (_event, bytes: Uint8Array) => listener(bytes));
  },
  openFile: (): Promise<string | null> => ipcRenderer.invoke('unroll:open-file') as Promise<string | null>,
  saveFile: (suggested: string): Promise<string | null> =>
    ipcRenderer.invoke('unroll:save-file', suggested) as Promise<string | null>,
  pathOf: (file: File): string => webUtils.getPathForFile(file),
});
