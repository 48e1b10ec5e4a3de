/** The layers of the palette that fit some words, by family. */
import { families, type PaletteEntry } from './view.ts';

/** Every word occurs in a layer's name, family or summary; all layers where there are no words. */
export function searchLayers(
  query: string,
  offered: (entry: PaletteEntry) => boolean = () => true,
): typeof families {
  const words = query.trim().toLowerCase().split(/\s+/);
  const matches = (entry: PaletteEntry): boolean =>
    offered(entry) &&
    words.every((word) =>
      `${entry.title} ${entry.type} ${entry.family} ${entry.summary}`.toLowerCase().includes(word),
    );
  return families
    .map(({ family, title, entries }) => ({ family, title, entries: entries.filter(matches) }))
    .filter(({ entries }) => entries.length > 0);
}
