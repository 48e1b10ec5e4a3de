/** A picture of the application: how large, in which theme, and what is done before it is taken. */
import type { Page } from 'playwright-core';
import type { Served } from '../../test/e2e/browser.ts';

export interface Picture {
  /** The file's name without its ending. */
  name: string;
  theme: 'light' | 'dark';
  size: { width: number; height: number };
  /** The whole window, or the screen alone without the frame around it. */
  shows: 'window' | 'screen';
  arrange(stage: Stage): Promise<void>;
}

export interface Stage {
  page: Page;
  served: Served;
  /** The lecture's two runs, trained for a few epochs on the data set `reviews`. */
  runs: readonly string[];
  /** Goes to a place within the interface: `runs`. */
  go(place: string): Promise<void>;
}

/** As `go`, to a screen that makes the address its own once it is there. */
export async function goTo({ page }: Stage, place: string): Promise<void> {
  await page.evaluate((hash) => void (window.location.hash = hash), `#/${place}`);
}
