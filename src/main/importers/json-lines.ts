/** Reads files with one JSON object a line. */
import { UnrollError } from '../../shared/errors.ts';
import { kindOfPath, readBeginningText, streamText } from './files.ts';
import type { ImportContext } from './importer.ts';

export interface JsonLine {
  /** From 1. */
  line: number;
  object: Record<string, unknown>;
}

const LONGEST_LINE = 1 << 24;

/** @throws UnrollError `file-missing`, `file-malformed`, `file-too-large`, `cancelled` */
export async function* readJsonLines(
  path: string,
  context: ImportContext,
  share: number,
): AsyncGenerator<JsonLine> {
  if ((await kindOfPath(path)) === 'folder') throw new UnrollError('file-format-unknown', { path });
  let line = 0;
  let rest = '';
  for await (const portion of streamText(path, context, share)) {
    const lines = (rest + portion).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LONGEST_LINE) {
      throw new UnrollError('file-too-large', {
        path,
        reason: `line ${line + lines.length + 1} has no end.`,
      });
    }
    for (const text of lines) {
      line++;
      if (text.trim()) yield { line, object: parseLine(text, path, line) };
    }
  }
  if (rest.trim()) yield { line: line + 1, object: parseLine(rest, path, line + 1) };
}

function parseLine(text: string, path: string, line: number): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return { ...parsed };
  } catch {
    // Said below, with the line.
  }
  // All of it in brackets, or an object over several lines, as programs write JSON by default.
  const whole = line === 1 && /^\s*(\[|\{\s*$)/.test(text);
  throw new UnrollError('file-malformed', {
    path,
    reason: whole ? 'it is one JSON value, not one object a line.' : `line ${line} is no JSON object.`,
    fix: whole
      ? 'Save it as JSON Lines: one object a line, without brackets around and commas between them.'
      : 'Correct that line: each is one object, such as {"text": "a fine film", "label": "good"}.',
  });
}

/** The first object of a file; null when its first line is none, or longer than what is looked at. */
export async function firstObject(path: string): Promise<Record<string, unknown> | null> {
  const beginning = (await readBeginningText(path, 1 << 20)).trimStart();
  try {
    return parseLine(beginning.split('\n', 1)[0] ?? '', path, 1);
  } catch {
    return null;
  }
}
