/**
 * Notes in Markdown as a tree: headings, paragraphs, lists, quotes, code, emphasis and links. A tree and not HTML: whoever
 * draws it makes every element itself, so that nothing written in a note can become markup, script or address of another
 * kind. What is not understood stays the text it is.
 */
export type Inline =
  | { kind: 'text'; text: string }
  | { kind: 'code'; text: string }
  | { kind: 'strong'; content: Inline[] }
  | { kind: 'emphasis'; content: Inline[] }
  | { kind: 'link'; address: string; content: Inline[] };

export type Block =
  | { kind: 'heading'; level: number; content: Inline[] }
  | { kind: 'paragraph'; content: Inline[] }
  | { kind: 'list'; ordered: boolean; items: Inline[][] }
  | { kind: 'quote'; content: Inline[] }
  | { kind: 'code'; text: string }
  | { kind: 'line' };

/** Only what leads to a page or a mailbox. */
const ADDRESS = /^(?:https?:\/\/|mailto:)\S+$/i;
/** Emphasis within emphasis ends here; deeper marks stay text. */
const DEEPEST = 8;

const INLINE: readonly [pattern: RegExp, make: (match: RegExpExecArray, depth: number) => Inline | null][] = [
  [/`([^`\n]+)`/y, (match) => ({ kind: 'code', text: match[1]! })],
  [/\*\*(?=\S)([^\n]*?\S)\*\*/y, (match, depth) => ({ kind: 'strong', content: inline(match[1]!, depth) })],
  [
    /(?:\*(?=[^\s*])([^\n*]*[^\s*])\*|\b_(?=\S)([^\n_]*\S)_\b)/y,
    (match, depth) => ({ kind: 'emphasis', content: inline(match[1] ?? match[2]!, depth) }),
  ],
  [
    /\[([^\]\n]+)\]\(([^()\s]+)\)/y,
    (match, depth) =>
      ADDRESS.test(match[2]!)
        ? { kind: 'link', address: match[2]!, content: inline(match[1]!, depth) }
        : null,
  ],
  [
    /https?:\/\/[^\s<>()]*[^\s<>().,;:!?'"]/y,
    (match) => ({ kind: 'link', address: match[0], content: [{ kind: 'text', text: match[0] }] }),
  ],
];

function inline(text: string, depth = 0): Inline[] {
  const parts: Inline[] = [];
  let plain = '';
  const endPlain = () => {
    if (plain !== '') parts.push({ kind: 'text', text: plain });
    plain = '';
  };
  for (let at = 0; at < text.length;) {
    const found = depth < DEEPEST ? markAt(text, at, depth + 1) : null;
    if (found === null) {
      plain += text[at];
      at += 1;
      continue;
    }
    endPlain();
    parts.push(found.part);
    at = found.to;
  }
  endPlain();
  return parts;
}

function markAt(text: string, at: number, depth: number): { part: Inline; to: number } | null {
  for (const [pattern, make] of INLINE) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    const to = pattern.lastIndex;
    const part = match && make(match, depth);
    if (part) return { part, to };
  }
  return null;
}

const ITEM = /^\s{0,3}(?:[-*+]|(\d{1,9})[.)])\s+(.*)$/;

/** @param text Markdown as people type it; any text is a note */
export function parseMarkdown(text: string): Block[] {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  const blocks: Block[] = [];
  let at = 0;
  const take = (pattern: RegExp): string[] => {
    const from = at;
    while (at < lines.length && pattern.test(lines[at]!)) at += 1;
    return lines.slice(from, at);
  };
  while (at < lines.length) {
    const line = lines[at]!;
    const heading = /^(#{1,4})\s+(.+?)\s*#*$/.exec(line);
    if (line.trim() === '') at += 1;
    else if (line.startsWith('```')) blocks.push(takeCode());
    else if (heading) {
      blocks.push({ kind: 'heading', level: heading[1]!.length, content: inline(heading[2]!) });
      at += 1;
    } else if (/^\s*([-*_])(?:\s*\1){2,}\s*$/.test(line)) {
      blocks.push({ kind: 'line' });
      at += 1;
    } else if (ITEM.test(line)) blocks.push(takeList());
    else if (line.startsWith('>'))
      blocks.push({
        kind: 'quote',
        content: inline(
          take(/^>/)
            .map((one) => one.replace(/^>\s?/, ''))
            .join(' '),
        ),
      });
    else blocks.push(takeParagraph());
  }
  return blocks;

  /** To the closing fence, or to the end where it is missing. */
  function takeCode(): Block {
    at += 1;
    const code = take(/^(?!```)/);
    at += 1;
    return { kind: 'code', text: code.join('\n') };
  }

  function takeList(): Block {
    const ordered = ITEM.exec(lines[at]!)?.[1] !== undefined;
    const items = take(ITEM).map((item) => inline(ITEM.exec(item)![2]!));
    return { kind: 'list', ordered, items };
  }

  function takeParagraph(): Block {
    const words = [lines[at]!];
    at += 1;
    words.push(...take(/^(?!\s*$|```|#{1,4}\s|>|\s{0,3}(?:[-*+]|\d{1,9}[.)])\s)/));
    return { kind: 'paragraph', content: inline(words.join('\n')) };
  }
}

/** So much of a note is read for its first line, which a table has room for a part of. */
const MOST_READ = 2000;

function plain(parts: readonly Inline[]): string {
  return parts.map((part) => ('content' in part ? plain(part.content) : part.text)).join('');
}

/** The first line of a note as it reads, without its marks; empty where the note is. */
export function firstLine(text: string): string {
  for (const block of parseMarkdown(text.slice(0, MOST_READ))) {
    if (block.kind === 'line') continue;
    const words =
      block.kind === 'code' ? block.text : plain(block.kind === 'list' ? block.items[0]! : block.content);
    return words.trim().split('\n')[0]!;
  }
  return '';
}
