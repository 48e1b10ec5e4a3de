/** The desktop app as it is built, its window's page, and ways to speak to both. */
import type { Page } from 'playwright-core';
import { decodeFrame, encodeFrame, type Frame } from '../../src/shared/contract/codec.ts';
import { launchDesktop, temporaryHome, type Desktop } from '../electron-host/launch.ts';

declare global {
  interface Window {
    unroll: {
      send(bytes: Uint8Array): void;
      receive(listener: (bytes: Uint8Array) => void): void;
      openFile(): Promise<string | null>;
      saveFile(suggested: string): Promise<string | null>;
      pathOf(file: File): string;
    };
  }
}

export interface OpenedDesktop {
  desktop: Desktop;
  page: Page;
  /** The user's folders. */
  home: string;
  /** What the page logged as errors. */
  complaints: string[];
  /** Sends a frame through the page's channel, as its own client does, and waits for the answer. */
  call(method: string, input: unknown): Promise<Frame>;
  /** Runs a script in the page from the main process, without waiting for what it navigates to. */
  inPage(script: string): Promise<unknown>;
  close(): Promise<void>;
}

const CALL = 900_000;

export async function openDesktop(launch = launchDesktop): Promise<OpenedDesktop> {
  const { home, remove } = temporaryHome();
  const desktop = await launch(home);
  const { page } = desktop;
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.getByRole('navigation', { name: 'Screens' }).waitFor();
  return {
    desktop,
    page,
    home,
    complaints,
    async call(method, input) {
      const answer = await page.evaluate(
        ({ bytes, wanted }) =>
          new Promise<number[]>((resolve) => {
            window.unroll.receive((frame) => {
              if (new TextDecoder().decode(frame).includes(`"id":${wanted},`)) resolve([...frame]);
            });
            window.unroll.send(Uint8Array.from(bytes));
          }),
        { bytes: [...encodeFrame({ id: CALL, method, input })], wanted: CALL },
      );
      return decodeFrame(Uint8Array.from(answer));
    },
    inPage: (script) =>
      desktop.evaluate(
        ({ BrowserWindow }, code) =>
          BrowserWindow.getAllWindows()[0]!.webContents.executeJavaScript(
            `{ const value = ${code}; String(value?.closed ?? value) }`,
          ),
        script,
      ),
    async close() {
      await desktop.close();
      remove();
    },
  };
}
