/** The series colours are told apart by every eye, on either ground, and the report has those of the light theme. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PAPER_SERIES } from '../../../src/shared/comparison/report-text.ts';

type Triple = readonly [number, number, number];
type Matrix = readonly [Triple, Triple, Triple];

const css = readFileSync('src/renderer/tokens.css', 'utf8');
function token(name: string): { light: string; dark: string } {
  const [, light, dark] = new RegExp(`--${name}: light-dark\\((#\\w{6}), (#\\w{6})\\)`).exec(css)!;
  return { light: light!, dark: dark! };
}
const series = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => token(`series-${n}`));

/** Linear light of an sRGB colour, red to blue. */
function lightOf(hex: string): Triple {
  const channel = (at: number) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

const times = (matrix: Matrix, [a, b, c]: Triple) =>
  matrix.map((row) => row[0] * a + row[1] * b + row[2] * c) as unknown as Triple;

/** Without the green or the red cones: Machado, Oliveira and Fernandes 2009, severity 1. */
const EYES: Readonly<Record<string, Matrix>> = {
  'all cones': [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
};

/** CIE L*a*b* of linear light as an eye sees it, against the white of D65. */
function labOf(light: Triple, eye: Matrix): Triple {
  const seen = times(eye, light).map((value) => Math.min(1, Math.max(0, value))) as unknown as Triple;
  const xyz = times(
    [
      [0.4124564, 0.3575761, 0.1804375],
      [0.2126729, 0.7151522, 0.072175],
      [0.0193339, 0.119192, 0.9503041],
    ],
    seen,
  );
  const white = [0.95047, 1, 1.08883];
  const [x, y, z] = xyz.map((value, i) => {
    const share = value / white[i]!;
    return share > 216 / 24389 ? Math.cbrt(share) : ((24389 / 27) * share + 16) / 116;
  }) as unknown as Triple;
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

const degrees = 180 / Math.PI;
const cosine = (angle: number) => Math.cos(angle / degrees);

/** CIEDE2000, after Sharma, Wu and Dalal 2005. */
function distance([l1, a1, b1]: Triple, [l2, a2, b2]: Triple): number {
  const grey = (c: number) => Math.sqrt(c ** 7 / (c ** 7 + 25 ** 7));
  const stretch = 1 + 0.5 * (1 - grey((Math.hypot(a1, b1) + Math.hypot(a2, b2)) / 2));
  const [c1, c2] = [Math.hypot(a1 * stretch, b1), Math.hypot(a2 * stretch, b2)];
  const hue = (a: number, b: number) => (Math.atan2(b, a * stretch) * degrees + 360) % 360;
  const [h1, h2] = [hue(a1, b1), hue(a2, b2)];
  const turn = c1 * c2 === 0 ? 0 : ((h2 - h1 + 540) % 360) - 180;
  const [l, c, h] = [(l1 + l2) / 2, (c1 + c2) / 2, (h1 + turn / 2 + 360) % 360];
  const t =
    1 - 0.17 * cosine(h - 30) + 0.24 * cosine(2 * h) + 0.32 * cosine(3 * h + 6) - 0.2 * cosine(4 * h - 63);
  const lightness = (l2 - l1) / (1 + (0.015 * (l - 50) ** 2) / Math.sqrt(20 + (l - 50) ** 2));
  const chroma = (c2 - c1) / (1 + 0.045 * c);
  const tone = (2 * Math.sqrt(c1 * c2) * Math.sin(turn / 2 / degrees)) / (1 + 0.015 * c * t);
  const rotation = -2 * grey(c) * Math.sin((60 * Math.exp(-(((h - 275) / 25) ** 2))) / degrees);
  return Math.sqrt(lightness ** 2 + chroma ** 2 + tone ** 2 + rotation * chroma * tone);
}

const luminance = ([red, green, blue]: Triple) => 0.2126 * red + 0.7152 * green + 0.0722 * blue;

function contrast(a: string, b: string): number {
  const [low, high] = [a, b].map((hex) => luminance(lightOf(hex)) + 0.05).sort((x, y) => x - y);
  return high! / low!;
}

describe.each(['light', 'dark'] as const)('the series colours of the %s theme', (theme) => {
  const colours = series.map((colour) => colour[theme]);

  it.each([
    ['all cones', 14],
    ['deuteranopia', 10],
    ['protanopia', 10],
  ] as const)('are apart for an eye with %s by at least %d', (eye, least) => {
    const seen = colours.map((hex) => labOf(lightOf(hex), EYES[eye]!));
    const apart = seen.flatMap((one, i) => seen.slice(i + 1).map((other) => distance(one, other)));
    expect(Math.min(...apart)).toBeGreaterThanOrEqual(least);
  });

  it('stand out from the ground by at least 3 to 1', () => {
    const grounds = ['surface', 'floating'].map((name) => token(name)[theme]);
    const found = colours.flatMap((hex) => grounds.map((ground) => contrast(hex, ground)));
    expect(Math.min(...found)).toBeGreaterThanOrEqual(3);
  });
});

it('measures distances as the published pairs say', () => {
  expect(distance([50, 2.6772, -79.7751], [50, 0, -82.7485])).toBeCloseTo(2.0425, 4);
  expect(distance([50, 2.5, 0], [73, 25, -18])).toBeCloseTo(27.1492, 4);
  expect(distance([2.0776, 0.0795, -1.135], [0.9033, -0.0636, -0.5514])).toBeCloseTo(0.9082, 4);
});

it('are those of the report, which is on paper', () => {
  expect(PAPER_SERIES).toEqual(series.map(({ light }) => light));
});
