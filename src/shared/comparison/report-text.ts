/** A report as Markdown and as one page of HTML that needs nothing beside itself: no script, no network. */
import { figureSvg } from '../figures/svg.ts';
import type { Figure, FigureLook } from '../figures/figure.ts';
import { layoutOf } from '../figures/layout.ts';
import type { ReportSection } from './report-section.ts';
import type { Report } from './report.ts';

/** The series colours of the light theme, on paper. */
export const PAPER_SERIES: readonly string[] = [
  '#0072b2',
  '#d55e00',
  '#14876d',
  '#b3668f',
  '#a57c4f',
  '#2196c5',
  '#635a00',
  '#3c434e',
];

const PAPER: FigureLook = {
  width: 720,
  height: 360,
  text: '#1a1e25',
  muted: '#535b67',
  grid: '#e6e8ec',
  axis: '#868e9a',
  background: '#ffffff',
  font: 'Inter, system-ui, sans-serif',
};

/** Pixels of a figure below its legend. */
const BELOW_LEGEND = 280;

/** The legend of many runs takes no height from their curves. */
function paperFor(figure: Figure): FigureLook {
  return { ...PAPER, height: Math.round(layoutOf(figure, PAPER).plane.top) + BELOW_LEGEND };
}

/** Names and texts are the user's: nothing in them may become markup. */
function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

const escapeMarkdown = (text: string): string =>
  text.replaceAll(/[\\`*_{}[\]<>|#]/g, (mark) => `\\${mark}`).replaceAll('\n', ' ');

export function reportMarkdown({ title, sections }: Report): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escapeMarkdown).join(' | ')} |`;
  const table = ({ header, rows }: NonNullable<ReportSection['table']>) => [
    line(header),
    line(header.map(() => '---')),
    ...rows.map(line),
    '',
  ];
  // Figures are left out, and a section that has nothing else.
  const written = sections.filter(({ paragraphs, table }) => paragraphs.length > 0 || table);
  const body = written.flatMap((section) => [
    `## ${escapeMarkdown(section.title)}`,
    '',
    ...section.paragraphs.flatMap((text) => [escapeMarkdown(text), '']),
    ...(section.table ? table(section.table) : []),
  ]);
  return [`# ${escapeMarkdown(title)}`, '', ...body].join('\n').trimEnd() + '\n';
}

const STYLE = `body{margin:32px auto;max-width:1080px;padding:0 24px;background:#fff;color:#1a1e25;font:14px/1.5 Inter,system-ui,sans-serif}
h1{font-size:20px}h2{margin-top:32px;font-size:16px}p{max-width:760px}
table{border-collapse:collapse}th,td{padding:4px 16px 4px 0;border-bottom:1px solid #dcdfe5;text-align:left;vertical-align:top;overflow-wrap:anywhere}
td{min-width:80px}td:first-child{min-width:120px}
td{font-variant-numeric:tabular-nums}thead th{color:#535b67;font-weight:500}
figure{display:inline-block;margin:0 0 16px;max-width:100%}svg{max-width:100%;height:auto}
@media screen{section{overflow-x:auto}}
figure,tr{break-inside:avoid}h2{break-after:avoid}`;

/** The only style that the page admits. */
const STYLE_HASH = 'sha256-H207Li3MkEPZkhr9wOzTPJfk+LfARG6ZrpW29NpH7BA=';

export function reportHtml({ title, sections }: Report): string {
  const row = (cells: readonly string[], tag: 'td' | 'th') =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`;
  const table = ({ header, rows }: NonNullable<ReportSection['table']>) =>
    `<table>\n<thead>${row(header, 'th')}</thead>\n<tbody>\n${rows.map((cells) => row(cells, 'td')).join('\n')}\n</tbody>\n</table>`;
  const body = sections.map(
    (section) =>
      `<section>\n<h2>${escapeHtml(section.title)}</h2>\n` +
      [
        ...[...section.paragraphs, ...(section.drawn ?? [])].map((text) => `<p>${escapeHtml(text)}</p>`),
        ...(section.figures ?? []).map((figure) => `<figure>${figureSvg(figure, paperFor(figure))}</figure>`),
        ...(section.table ? [table(section.table)] : []),
      ].join('\n') +
      '\n</section>',
  );
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    // Nothing is fetched and nothing runs, whatever the names in it say.
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '${STYLE_HASH}'">`,
    `<title>${escapeHtml(title)}</title>`,
    `<style>${STYLE}</style>`,
    '</head>',
    '<body>',
    `<h1>${escapeHtml(title)}</h1>`,
    ...body,
    '</body>',
    '</html>\n',
  ].join('\n');
}
