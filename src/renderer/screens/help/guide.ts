/** The guide's pages as they stand in `docs/`, with their pictures; they are part of the build, so that help needs no network. */

import { layerDefinitions } from '../../../shared/layers/index.ts';

const texts = import.meta.glob<string>('../../../../docs/*.md', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const pictures = import.meta.glob<string>('../../../../docs/pictures/*.png', {
  query: '?url',
  import: 'default',
  eager: true,
});

/** In the order they are read; the name is the file's. */
const NAMES = [
  'start',
  'lecture',
  'data',
  'build',
  'train',
  'runs',
  'compare',
  'engines',
  'files',
  'command-line',
  'install',
] as const;

export type Part = { kind: 'text'; text: string } | { kind: 'picture'; address: string; caption: string };

export interface GuidePage {
  name: string;
  title: string;
  /** What stands below the title, in order. */
  parts: readonly Part[];
}

const PICTURE = /^!\[(.*)\]\(pictures\/([\w-]+\.png)\)$/;

/** Pictures stand in lines of their own; links between the pages are for those who read the files. */
function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  let lines: string[] = [];
  const endText = () => {
    if (lines.some((line) => line.trim() !== '')) parts.push({ kind: 'text', text: lines.join('\n') });
    lines = [];
  };
  for (const line of text.split('\n')) {
    const [, caption, file] = PICTURE.exec(line) ?? [];
    const address = pictures[`../../../../docs/pictures/${file}`];
    if (caption === undefined || address === undefined) lines.push(line);
    else {
      endText();
      parts.push({ kind: 'picture', address, caption });
    }
  }
  endText();
  return parts;
}

export const guidePages: readonly GuidePage[] = NAMES.map((name) => {
  const text = texts[`../../../../docs/${name}.md`] ?? '';
  const [, title = name, rest = ''] = /^# (.*)\n([^]*)$/.exec(text) ?? [];
  return { name, title, parts: partsOf(rest) };
});

/** Leads to the layers in an address: `#/help/layers/LSTM`. */
export const LAYERS = 'layers';

/** The title of a part of Help's address: a page, the layers or one of them. */
export const helpTitle = (part: string): string | undefined =>
  part === LAYERS
    ? 'Layers'
    : (guidePages.find(({ name }) => name === part)?.title ??
      layerDefinitions.find(({ type }) => type === part)?.title);
