/** The model editor in a browser: what is on the canvas, and a hand that drags. */
import type { Locator, Page } from 'playwright-core';

export interface Point {
  x: number;
  y: number;
}

export class CanvasPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Names of the layers, in the model's order. */
  layers = (): Promise<(string | null)[]> =>
    this.page
      .locator('[data-node]')
      .evaluateAll((cards) => cards.map((card) => card.getAttribute('data-node')));

  /** Connections as `from to slot`, sorted. */
  edges = async (): Promise<(string | null)[]> => {
    const edges = await this.page
      .locator('[data-edge]')
      .evaluateAll((labels) => labels.map((label) => label.getAttribute('data-edge')));
    return edges.toSorted();
  };

  card(id: string): Locator {
    return this.page.locator(`[data-node="${id}"]`);
  }

  /** Where a layer's port is; `side` of the card, where connections begin (source) or end (target). */
  async port(id: string, side: 'source' | 'target'): Promise<Point> {
    return middle(this.page.locator(`.svelte-flow__handle.${side}[data-nodeid="${id}"]`));
  }

  edge(id: string): Locator {
    return this.page.locator(`[data-edge="${id}"]`);
  }

  fromPalette(type: string): Locator {
    return this.page
      .getByRole('tabpanel', { name: 'Layers' })
      .getByRole('button', { name: type, exact: true });
  }

  inspector(): Locator {
    return this.page.getByRole('region', { name: /^Settings of/ });
  }

  /** Drags with the mouse, in steps, as a hand does; `before` runs before the button is let go. */
  async drag(from: Locator | Point, to: Point, before?: () => Promise<unknown>): Promise<void> {
    if (!('x' in from)) await from.scrollIntoViewIfNeeded();
    const start = 'x' in from ? from : await middle(from);
    await this.page.mouse.move(start.x, start.y);
    await this.page.mouse.down();
    await this.page.mouse.move(to.x, to.y, { steps: 8 });
    await before?.();
    await this.page.mouse.up();
  }

  /** A point in a corner of the canvas where nothing stands. */
  async free(across = 0.85, down = 0.2): Promise<Point> {
    const box = (await this.page.locator('.svelte-flow').boundingBox())!;
    return { x: box.x + box.width * across, y: box.y + box.height * down };
  }

  undo = (): Promise<void> => this.page.keyboard.press('Control+z');
  redo = (): Promise<void> => this.page.keyboard.press('Control+Shift+Z');

  /** A new, empty model, whatever was there. */
  async begin(name: string): Promise<void> {
    await this.page.getByRole('button', { name: 'Model', exact: true }).click();
    await this.page.getByRole('menuitem', { name: 'New model' }).click();
    await this.page.getByText('Drop a layer here').waitFor();
    await this.page.getByLabel('Name of the model').fill(name);
  }
}

export async function middle(locator: Locator): Promise<Point> {
  const box = (await locator.boundingBox())!;
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
