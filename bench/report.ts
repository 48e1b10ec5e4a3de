/** Tables of a benchmark, on the terminal and in bench/. */
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { basename, isAbsolute } from 'node:path';

/** When, where and how something was measured. */
export interface Circumstances {
  date: string;
  commit: string;
  processor: string;
  node: string;
  command: string;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** A Markdown table with padded columns, so that it reads well on a terminal too. */
export function table(head: string[], rows: string[][]): string {
  const widths = head.map((title, i) => Math.max(title.length, 3, ...rows.map((row) => row[i]!.length)));
  const line = (cells: string[]): string =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line)].join(
    '\n',
  );
}

/** Day, machine, commit and command of a report, as lines and as values. Files are named without their folders. */
export function circumstances(command: string): { lines: string; values: Circumstances } {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  const processor = `${cpus()[0]?.model.trim() ?? 'unknown'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  const given = process.argv.slice(2).map((word) => (isAbsolute(word) ? basename(word) : word));
  const values = {
    date: new Date().toISOString().slice(0, 10),
    commit,
    processor,
    node: process.version,
    command: `\`${[command, ...given].join(' ')}\``,
  };
  const lines = Object.entries(values).map(([name, value]) => `- ${name}: ${value}`);
  return { lines: lines.join('\n'), values };
}

/** Writes NAME.md for people and NAME.json for programs, beside this file. */
export async function record(name: string, markdown: string, values: unknown): Promise<void> {
  await writeFile(new URL(`${name}.md`, import.meta.url), markdown);
  await writeFile(new URL(`${name}.json`, import.meta.url), `${JSON.stringify(values, null, 2)}\n`);
}
