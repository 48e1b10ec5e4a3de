import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstLine, parseMarkdown, type Block, type Inline } from '../../../src/shared/markdown.ts';

const text = (value: string): Inline => ({ kind: 'text', text: value });

/** All words of a tree in order, as a reader sees them. */
function wordsOf(parts: readonly (Block | Inline)[]): string {
  return parts
    .map((part) => {
      if ('items' in part) return part.items.map(wordsOf).join('');
      if ('content' in part) return wordsOf(part.content);
      return 'text' in part ? part.text : '';
    })
    .join('');
}

describe('notes in Markdown', () => {
  it('have headings, paragraphs, lists, quotes, code and lines', () => {
    const note =
      '# Why\n\nfirst line\nsecond line\n\n- one\n- **two**\n\n1. first\n2. second\n\n> said\n> so\n\n---\n\n```r\nfit(*x*)\n```';
    expect(parseMarkdown(note)).toEqual([
      { kind: 'heading', level: 1, content: [text('Why')] },
      { kind: 'paragraph', content: [text('first line\nsecond line')] },
      { kind: 'list', ordered: false, items: [[text('one')], [{ kind: 'strong', content: [text('two')] }]] },
      { kind: 'list', ordered: true, items: [[text('first')], [text('second')]] },
      { kind: 'quote', content: [text('said so')] },
      { kind: 'line' },
      { kind: 'code', text: 'fit(*x*)' },
    ]);
  });

  it('mark words, and leave marks that mean nothing as they are', () => {
    expect(parseMarkdown('a *b **c*** `*d*` 2 * 3 * 4 snake_case_name')).toMatchObject([
      { kind: 'paragraph' },
    ]);
    expect(parseMarkdown('*b* `*d*` 2 * 3 * 4 snake_case_name')).toEqual([
      {
        kind: 'paragraph',
        content: [
          { kind: 'emphasis', content: [text('b')] },
          text(' '),
          { kind: 'code', text: '*d*' },
          text(' 2 * 3 * 4 snake_case_name'),
        ],
      },
    ]);
  });

  it('link to pages and mailboxes only', () => {
    const links = (note: string) => JSON.stringify(parseMarkdown(note)).match(/"address":"[^"]*"/g) ?? [];
    expect(links('[paper](https://example.org/a) and https://example.org/b.')).toEqual([
      '"address":"https://example.org/a"',
      '"address":"https://example.org/b"',
    ]);
    for (const address of [
      'javascript:alert(1)',
      'JaVaScRiPt:alert(1)',
      'data:text/html,x',
      'file:///etc/passwd',
      '//example.org',
    ])
      expect(links(`[click](${address})`)).toEqual([]);
  });

  it('keep markup as the text it is', () => {
    const note = '<script>alert(1)</script> <img src=x onerror=alert(1)>';
    expect(parseMarkdown(note)).toEqual([{ kind: 'paragraph', content: [text(note)] }]);
  });

  it('can be any text, of which no letter is lost', () => {
    const pieces = fc.array(
      fc.oneof(
        fc.constantFrom(
          '*',
          '**',
          '_',
          '`',
          '[',
          '](',
          ')',
          '\n',
          '\n\n',
          '# ',
          '- ',
          '> ',
          '```',
          'word',
          ' ',
        ),
        fc.string(),
      ),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(pieces, (parts) => {
        const note = parts.join('');
        const letters = (from: string) => from.replaceAll(/[^a-z]/g, '');
        const kept = letters(wordsOf(parseMarkdown(note)));
        // Only the word behind a fence, which names a language, and the address of a link may go.
        if (!/```|\]\(/.test(note)) expect(kept).toBe(letters(note));
      }),
    );
  });

  it('have a first line without marks', () => {
    expect(firstLine('\n---\n# Why **deep** `lstm`\nmore')).toBe('Why deep lstm');
    expect(firstLine('1. see [the _paper_](https://a.b)\n2. more')).toBe('see the paper');
    expect(firstLine('one *two*\nthree')).toBe('one two');
    expect(firstLine('```\ncode\nmore\n```')).toBe('code');
    expect(firstLine(' \n')).toBe('');
  });

  it('are read in time that grows with their length', () => {
    const started = performance.now();
    for (const piece of ['*', '**a', '[a](', '`', '_a ', '> ', '- ']) parseMarkdown(piece.repeat(5000));
    expect(performance.now() - started).toBeLessThan(5000);
  });
});
