/** A card on the canvas: how large it is, and where cards stand. */

export interface Point {
  x: number;
  y: number;
}

/** The upper left corner of each card, by layer. */
export type Places = ReadonlyMap<string, Point>;

/** A card's size in pixels at zoom 1, and the room below it for the edge's shape. */
export const CARD = { width: 232, height: 48 };
export const BELOW = 42;
/** From one card to the next below it. */
export const STEP = CARD.height + BELOW;
