/** A picture of the application: how large, in which theme, and what is done before it is taken. */
import type { Page } from 'playwright-core';
import type { Served } from '../../test/e2e/browser.ts';

export interface Picture {
  /** The file's name without its ending. */
  name: string;
  theme: 'light' | 'dark';
  size: { width: number; height: number };
  arrange(stage: Stage): Promise<void>;
}

export interface Stage {
  page: Page;
  served: Served;
  /** Goes to a place within the interface: `runs`. */
  go(place: string): Promise<void>;
}
