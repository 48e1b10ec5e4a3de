/**
 * A drawing of one step of a cell, as data: the renderer draws any of them. Places are in units of the drawing, x to the
 * right, y down. Every piece names the equations (by `Equation.part`) it belongs to and lights up with.
 */
export type Place = readonly [x: number, y: number];

export interface DrawnSymbol {
  /** `layer`: a sum with weights of its own and its function; `operation`: one without weights; `value`: what goes in or out. */
  kind: 'layer' | 'operation' | 'value';
  text: string;
  /** Written small and low behind the text: the step. */
  index?: string;
  at: Place;
  parts: readonly string[];
}

export interface DrawnWire {
  /** As in SVG, with straight pieces: `M44 50 H476`. */
  path: string;
  /** Whether it ends in an arrow; else others go on from it. */
  arrow: boolean;
  /** Whether it leaves another wire: a dot stands at its beginning. */
  tap: boolean;
  parts: readonly string[];
}

export interface CellDrawing {
  /** What is shown, for those who cannot see it. */
  title: string;
  width: number;
  height: number;
  wires: readonly DrawnWire[];
  symbols: readonly DrawnSymbol[];
}

const symbol =
  (kind: DrawnSymbol['kind']) =>
  (text: string, at: Place, ...parts: string[]): DrawnSymbol => ({ kind, text, at, parts });

/** A function on a weighted sum of what enters. */
export const layer = symbol('layer');
/** A function, a sum or a product of what enters, value by value. */
export const operation = symbol('operation');

/** What enters or leaves: `value('h', 't−1', …)`. */
export function value(text: string, index: string, at: Place, ...parts: string[]): DrawnSymbol {
  return { ...symbol('value')(text, at, ...parts), index };
}

const wireOf =
  (arrow: boolean, tap: boolean) =>
  (path: string, ...parts: string[]): DrawnWire => ({ path, arrow, tap, parts });

export const wire = wireOf(true, false);
/** A wire that others go on from. */
export const rail = wireOf(false, false);
/** A wire that leaves another one. */
export const branch = wireOf(true, true);
/** A wire that leaves another one and that others go on from. */
export const branchRail = wireOf(false, true);

/** What stands in a box for an activation: `σ`, `tanh`, or its name. */
export const activationSign = (name: string): string =>
  name === 'sigmoid' ? 'σ' : name.replaceAll('_', ' ');
