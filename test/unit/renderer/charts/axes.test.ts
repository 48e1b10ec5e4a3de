import { expect, test } from 'vitest';
import { axisOptions } from '../../../../src/renderer/charts/axes.ts';
import { BYTES } from '../../../../src/shared/figures/ticks.ts';

const theme = {
  ...{ text: '', muted: '', grid: '', axis: '', surface: '', accent: '', font: '' },
  series: [],
};

/** What Chart.js's scale becomes with these options. */
function scaleOf(which: 'x' | 'y', min: number, max: number) {
  const scale = { min, max, ticks: [] as { value: number }[] };
  const options = axisOptions({ title: 'memory', ...BYTES }, which, theme) as unknown as Record<
    'afterDataLimits' | 'afterBuildTicks',
    (of: typeof scale) => void
  >;
  options.afterDataLimits(scale);
  options.afterBuildTicks(scale);
  const MB = 1024 ** 2;
  return [scale.min, scale.max, ...scale.ticks.map(({ value }) => value)].map((value) => value / MB);
}

test('bytes are marked in their own round numbers; the y axis ends at such, the x axis where its lines do', () => {
  const MB = 1024 ** 2;
  expect(scaleOf('y', 0.2 * MB, 1.9 * MB)).toEqual([0, 2, 0, 0.5, 1, 1.5, 2]);
  const across = scaleOf('x', 0.45 * MB, 1.35 * MB);
  expect(across).toEqual([0.45, 1.35, 0.6, 0.8, 1, 1.2].map((at) => expect.closeTo(at, 9) as number));
});
