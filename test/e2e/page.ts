/** The interface in a real browser page that notes everything the page complains about. */
import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import type { Served } from './browser.ts';

export interface Opened {
  page: Page;
  /** Errors thrown or logged by the page, the content security policy's among them. */
  complaints: string[];
  /** Goes to a place within the interface: `runs`, `compare?runs=…`. */
  go(place: string): Promise<void>;
  close(): Promise<void>;
}

interface View {
  theme?: 'light' | 'dark';
  width?: number;
  height?: number;
}

export async function openPage(browser: Browser, served: Served, view: View = {}): Promise<Opened> {
  const { theme = 'light', width = 1280, height = 800 } = view;
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(served.address);
  await page.getByRole('navigation', { name: 'Screens' }).waitFor();
  return {
    page,
    complaints,
    async go(place) {
      await page.evaluate((hash) => (window.location.hash = hash), `#/${place}`);
      // The frame draws a screen in the same turn; what it loads has its own signs to wait for.
      await page.waitForFunction((hash) => window.location.hash === hash, `#/${place}`);
    },
    close: () => context.close(),
  };
}

/** The file that `start` has the page save. */
export async function downloaded(
  page: Page,
  start: () => Promise<void>,
): Promise<{ name: string; text: string }> {
  const [download] = await Promise.all([page.waitForEvent('download'), start()]);
  return { name: download.suggestedFilename(), text: readFileSync(await download.path(), 'utf8') };
}

/** Holds back what the interface asks, as a busy main process does, until the answered function is called, which waits for the answers. */
export async function holdBack(page: Page): Promise<() => Promise<void>> {
  const release = await page.evaluateHandle(() => {
    const { send } = WebSocket.prototype;
    const held: (() => Promise<unknown>)[] = [];
    WebSocket.prototype.send = function (this: WebSocket, frame: Parameters<typeof send>[0]) {
      held.push(() => {
        const answered = new Promise((resolve) => this.addEventListener('message', resolve, { once: true }));
        send.call(this, frame);
        return answered;
      });
    };
    return async () => {
      WebSocket.prototype.send = send;
      for (const ask of held) await ask();
    };
  });
  return () => page.evaluate((ask) => ask(), release);
}

/** How far the frame's content reaches below what is seen of it, though the screen scrolls in panes of its own: 0. */
export const belowPanes = (page: Page): Promise<number> =>
  page.locator('main').evaluate((main) => main.scrollHeight - main.clientHeight);
