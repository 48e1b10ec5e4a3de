import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { reportHtml, reportMarkdown } from '../../../../src/shared/comparison/report-text.ts';
import type { Report } from '../../../../src/shared/comparison/report.ts';

const report: Report = {
  title: '<b>a</b> & "b", compared',
  sections: [
    {
      title: 'Values | of *both*',
      paragraphs: ['<script>alert(1)</script> and [a](javascript:b)'],
      table: { header: ['Metric', '<img src=x>'], rows: [['acc_best', '0.5 | −0.1']] },
      figures: [
        {
          title: '</svg><script>',
          x: { title: 'epoch' },
          y: { title: 'loss' },
          lines: [{ label: '"<i>"', x: [1, 2], y: [0.5, null], colour: '#000000' }],
        },
      ],
    },
  ],
};

describe('a report', () => {
  it('as a page runs nothing and fetches nothing, whatever its names say', () => {
    const html = reportHtml(report);
    const style = /<style>(.*?)<\/style>/s.exec(html)![1]!;
    const hash = createHash('sha256').update(style).digest('base64');
    expect(html).toContain(`content="default-src 'none'; style-src 'sha256-${hash}'"`);
    expect(html).not.toMatch(/<script|<img|<b>|<i>|https?:(?!\/\/www\.w3\.org\/2000\/svg)/);
    expect(html).toContain("default-src 'none'");
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(html.match(/<svg/g)).toHaveLength(1);
    expect(html).toContain('−0.1');
  });

  it('says of its figures only where they are drawn how they are', () => {
    const [section] = report.sections;
    const drawn = ['Training is <dashed>.'];
    const sections = [{ title: 'Curves', paragraphs: [], drawn, figures: section!.figures! }, section!];
    expect(reportHtml({ ...report, sections })).toContain('<p>Training is &lt;dashed&gt;.</p>');
    const markdown = reportMarkdown({ ...report, sections });
    expect(markdown).not.toMatch(/Curves|dashed/);
    expect(markdown).toContain('Values');
  });

  it('gives the legend of many runs room of its own', () => {
    const [section] = report.sections;
    const heightOf = (lines: number) => {
      const figure = section!.figures![0]!;
      const line = { ...figure.lines[0]!, label: 'x'.repeat(80) };
      const figures = [{ ...figure, lines: Array.from({ length: lines }, () => line) }];
      const html = reportHtml({ ...report, sections: [{ ...section!, figures }] });
      return Number(/<svg [^>]* height="(\d+)"/.exec(html)![1]);
    };
    expect(heightOf(16) - heightOf(1)).toBe(15 * 18);
  });

  it('as Markdown keeps its cells apart and its names plain', () => {
    const lines = reportMarkdown(report).split('\n');
    expect(lines[0]).toBe('# \\<b\\>a\\</b\\> & "b", compared');
    expect(lines).toContain('## Values \\| of \\*both\\*');
    expect(lines).toContain('| acc\\_best | 0.5 \\| −0.1 |');
    expect(lines).toContain('| --- | --- |');
  });
});
