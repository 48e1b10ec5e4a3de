import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { layerGuide } from '../../../build/layer-guide.ts';
import { typicalLayer } from '../../../src/shared/layers/guide.ts';
import { layerDefinitions } from '../../../src/shared/layers/index.ts';
import { parseMarkdown } from '../../../src/shared/markdown.ts';

const folder = join(import.meta.dirname, '../../../docs');
const pages = readdirSync(folder).filter((name) => name.endsWith('.md'));
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

test('the page of layers is as the catalogue is now', () => {
  expect(read('layers.md'), 'Run node build/layer-guide.ts.').toBe(layerGuide());
});

test.each(layerDefinitions.map((definition) => [definition.title, definition] as const))(
  '%s fits its typical input, and has something to say about what it computes',
  (_title, definition) => {
    const { shape, config, inputShapes } = typicalLayer(definition);
    expect(shape).not.toBeNull();
    expect(definition.equations(config, inputShapes).length).toBeGreaterThan(0);
  },
);

test('every picture of the guide is there, and every picture there is in the guide', () => {
  const shown = pages.flatMap((name) =>
    [...read(name).matchAll(/^!\[.+\]\(pictures\/(.+)\)$/gm)].map(([, file]) => file!),
  );
  expect(shown.sort()).toEqual(readdirSync(join(folder, 'pictures')).sort());
});

test('the index leads to every page, and every page begins with its title', () => {
  const linked = [...read('README.md').matchAll(/\]\((.+\.md)\)/g)].map(([, name]) => name!);
  expect(linked.sort()).toEqual(pages.filter((name) => name !== 'README.md').sort());
  for (const name of linked) expect(read(name), name).toMatch(/^# \S/);
  expect(linked.every((name) => existsSync(join(folder, name)))).toBe(true);
});

test('Help can show all that the pages are made of: it knows no tables and no markup', () => {
  for (const name of pages.filter((one) => !['README.md', 'layers.md'].includes(one))) {
    const shown = parseMarkdown(read(name).replaceAll(/^!\[.*$/gm, ''));
    expect(JSON.stringify(shown), name).not.toMatch(/\| ---|<[a-z]+>|\*\*|!\[/);
  }
});
