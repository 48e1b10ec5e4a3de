/** The one Chromium of the process, started when the application is. */
import { join } from 'node:path';
import { startChromium, type Devtools } from './devtools.ts';
import { defaultSession } from './session.ts';

/** Where everything of this start lies that a user's machine keeps: profile, downloads, user data. */
export const home = process.env.UNROLL_HOST_HOME ?? '';
export const downloads = join(home, 'downloads');

let browser: Devtools | null = null;

export const browserReady = (): Devtools | null => browser;

export async function openChromium(): Promise<Devtools> {
  browser = await startChromium(join(home, 'profile', String(process.pid)));
  await browser.root.send('Target.setDiscoverTargets', { discover: true });
  await defaultSession.watchDownloads(browser.root, downloads);
  return browser;
}
