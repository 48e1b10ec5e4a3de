/** The tints of a heat map, in the theme's colours. */
import type { Memory } from './flows.ts';

type Colour = readonly [red: number, green: number, blue: number];

/** A token as numbers; a canvas takes whatever form CSS gives colours. */
function resolve(element: HTMLElement, token: string): Colour {
  const probe = document.createElement('span');
  probe.style.color = `var(${token})`;
  (element.parentElement ?? document.body).append(probe);
  const context = new OffscreenCanvas(1, 1).getContext('2d')!;
  context.fillStyle = getComputedStyle(probe).color;
  probe.remove();
  context.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
  return [red, green, blue];
}

/** RGBA for each cell, rows of units, steps across: the surface at zero, one colour under it and another above. */
export function cellColours(memory: Memory, units: number, element: HTMLElement): Uint8ClampedArray {
  const none = resolve(element, '--surface');
  const under = resolve(element, '--series-1');
  const above = resolve(element, '--series-2');
  const steps = memory.values.length / units;
  const colours = new Uint8ClampedArray(4 * memory.values.length);
  for (let step = 0; step < steps; step++)
    for (let unit = 0; unit < units; unit++) {
      const share = Math.max(-1, Math.min(1, memory.values[step * units + unit]! / memory.most));
      const towards = share < 0 ? under : above;
      const to = 4 * (unit * steps + step);
      for (let part = 0; part < 3; part++)
        colours[to + part] = none[part]! + (towards[part]! - none[part]!) * Math.abs(share);
      colours[to + 3] = 255;
    }
  return colours;
}
