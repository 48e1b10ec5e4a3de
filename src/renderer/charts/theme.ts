/** The tokens as a canvas needs them: resolved colours, for the theme the element stands in. */

/** Resolves a colour token (`--series-1`) at an element; `light-dark()` is only resolved in a used property. */
export function resolveColour(element: HTMLElement, token: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${token})`;
  element.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

export interface ChartTheme {
  text: string;
  muted: string;
  grid: string;
  axis: string;
  surface: string;
  accent: string;
  warn: string;
  /** Series colours 1 to 8 at 0 to 7. */
  series: readonly string[];
  font: string;
}

export function readTheme(element: HTMLElement): ChartTheme {
  const colour = (token: string) => resolveColour(element, token);
  return {
    text: colour('--text'),
    muted: colour('--text-muted'),
    grid: colour('--grid-line'),
    axis: colour('--line-strong'),
    surface: colour('--surface'),
    accent: colour('--accent'),
    warn: colour('--warn'),
    series: [1, 2, 3, 4, 5, 6, 7, 8].map((index) => colour(`--series-${index}`)),
    font: getComputedStyle(element).fontFamily,
  };
}

/** Calls back when the theme changes, by the setting or by the system; returns the function that ends it. */
export function watchTheme(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  return () => observer.disconnect();
}
