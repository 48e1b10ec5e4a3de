/** The tints of a heat map. */
import type { Memory } from './flows.ts';

export type Colour = readonly [red: number, green: number, blue: number];

/** At zero, at the lowest and at the highest value. */
export interface Shades {
  none: Colour;
  under: Colour;
  above: Colour;
}

/** A CSS colour as numbers, in whatever form CSS gives it. */
export function colourOf(css: string): Colour {
  const context = new OffscreenCanvas(1, 1).getContext('2d')!;
  context.fillStyle = css;
  context.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
  return [red, green, blue];
}

/** @param share of the largest value, from -1 to 1 */
export function cellColour(share: number, { none, under, above }: Shades): Colour {
  const depth = Math.min(1, Math.abs(share));
  const towards = share < 0 ? under : above;
  const part = (i: 0 | 1 | 2) => none[i] + (towards[i] - none[i]) * depth;
  return [part(0), part(1), part(2)];
}

/** A token of the theme in force at an element, as numbers. */
function resolve(element: HTMLElement, token: string): Colour {
  const probe = document.createElement('span');
  probe.style.color = `var(${token})`;
  (element.parentElement ?? document.body).append(probe);
  const colour = colourOf(getComputedStyle(probe).color);
  probe.remove();
  return colour;
}

/** RGBA for each cell, rows of units, steps across: the surface at zero, one colour under it and another above. */
export function cellColours(memory: Memory, units: number, element: HTMLElement): Uint8ClampedArray {
  const shades = {
    none: resolve(element, '--surface'),
    under: resolve(element, '--series-1'),
    above: resolve(element, '--series-2'),
  };
  const steps = memory.values.length / units;
  const colours = new Uint8ClampedArray(4 * memory.values.length);
  for (let step = 0; step < steps; step++)
    for (let unit = 0; unit < units; unit++) {
      const colour = cellColour(memory.values[step * units + unit]! / memory.most, shades);
      colours.set([...colour, 255], 4 * (unit * steps + step));
    }
  return colours;
}
