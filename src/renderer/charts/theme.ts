/** The tokens as a canvas needs them: resolved colours, for the theme the page is in. */
import { SERIES_COLOURS, seriesToken } from './series.ts';

export interface ChartTheme {
  text: string;
  muted: string;
  grid: string;
  axis: string;
  surface: string;
  accent: string;
  /** Series colours 1 to 8 at 0 to 7. */
  series: readonly string[];
  font: string;
}

/** Resolves a colour token (`--series-1`); `light-dark()` is only resolved in a used property. */
function resolveColour(probe: HTMLElement, token: string): string {
  probe.style.color = `var(${token})`;
  return getComputedStyle(probe).color;
}

function resolveTheme(scheme?: 'light'): ChartTheme {
  const probe = document.createElement('span');
  if (scheme !== undefined) probe.style.colorScheme = scheme;
  document.body.append(probe);
  const colour = (token: string) => resolveColour(probe, token);
  const theme = {
    text: colour('--text'),
    muted: colour('--text-muted'),
    grid: colour('--grid-line'),
    axis: colour('--line-strong'),
    surface: colour('--surface'),
    accent: colour('--accent'),
    series: Array.from({ length: SERIES_COLOURS }, (_, index) => colour(seriesToken(index + 1))),
    font: getComputedStyle(probe).fontFamily,
  };
  probe.remove();
  return theme;
}

/** By the theme's name: resolving makes the browser lay the page out, which fifty charts must not each cause. */
const resolved = new Map<string, ChartTheme>();

export function readTheme(): ChartTheme {
  const name = document.documentElement.dataset['theme'] ?? '';
  const theme = resolved.get(name) ?? resolveTheme();
  resolved.set(name, theme);
  return theme;
}

/** The colours of the light theme, in which charts leave the application. */
export function paperTheme(): ChartTheme {
  return resolveTheme('light');
}

/** Calls back when the theme changes, by the setting or by the system; returns the function that ends it. */
export function watchTheme(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  return () => observer.disconnect();
}
