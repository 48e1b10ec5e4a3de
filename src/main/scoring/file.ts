/** Scores a file of any size row by row: only a few thousand rows are in memory at a time, and the result appears as a whole. */
import { open, realpath, rename, rm } from 'node:fs/promises';
import { UnrollError } from '../../shared/errors.ts';
import { clearAbandoned, stageBeside } from '../exporters/place.ts';
import { requireRoom } from '../exporters/room.ts';
import type { ImportContext } from '../importers/importer.ts';
import type { JobContext } from '../jobs.ts';
import type { Inference } from '../training/inference.ts';
import { answerWriter, type AnswerWriter } from './answers.ts';
import { readRows, type RowFormat, type ScoringRow } from './rows.ts';
import { fromNumbers, score, wordsOf, type Encoded } from './score.ts';
import type { Scorer } from './scorer.ts';

/** Rows scored at a time. */
const PORTION = 2048;

export interface FileToScore {
  path: string;
  format: RowFormat;
  textColumn: string | undefined;
  /** Where the answers go: a table where it ends in `.csv`, else one JSON object a line. */
  out: string;
  /** Whether a file that is there gives way. */
  replace: boolean;
}

export interface ScoredFile {
  rows: number;
  /** Rows that hold nothing to score; their answer is empty. */
  unscored: number;
  /** What the answers are called there. */
  answers: string[];
  /** Whether the file has columns of the usual names itself, so that these are others. */
  renamed: boolean;
}

/** Answers are a file, which takes no folder's place. */
const A_FILE = { ending: '.csv' };

/**
 * @throws UnrollError as `readRows`, `scored-into-itself`, `file-exists`, `name-taken`, `path-not-writable`, `disk-full`;
 * nothing is left at `out` then
 */
export async function scoreFile(
  inference: Inference,
  scorer: Scorer,
  { path, format, textColumn, out, replace }: FileToScore,
  job: JobContext,
): Promise<ScoredFile> {
  await requireOther(path, out);
  await requireRoom(A_FILE, out, replace);
  await clearAbandoned(out);
  const fresh = stageBeside(out);
  const output = await open(fresh, 'wx').catch((error: unknown) => {
    throw explained(error, out);
  });
  const scored = { rows: 0, unscored: 0 };
  const context: ImportContext = {
    signal: job.signal,
    options: {},
    progress: (fraction) => job.progress(fraction, `${scored.rows} scored`),
  };
  // Told by the portions that are read; a portion's own progress says nothing of the file's.
  const quiet: JobContext = { signal: job.signal, progress: () => undefined };
  const width = scorer.idLimit === null ? scorer.width : null;
  let writer: AnswerWriter | undefined;
  try {
    let portion: { row: ScoringRow; encoded: Encoded | null }[] = [];
    let answerable = false;
    const flush = async () => {
      const encoded = portion.flatMap((one) => one.encoded ?? []);
      const answers = encoded.length === 0 ? [] : await score(inference, scorer, encoded, quiet);
      if (writer === undefined) {
        const begin = portion.map(({ row }) => row);
        writer = answerWriter(out, scorer, begin, answers[0]!.probabilities.length);
        await output.appendFile(writer.head);
      }
      const { row: lineOf } = writer;
      const left = answers.values();
      const lines = portion.map((one) => lineOf(one.row, one.encoded && left.next().value!.probabilities));
      await output.appendFile(lines.join(''));
      scored.rows += portion.length;
      scored.unscored += portion.length - encoded.length;
      portion = [];
    };
    for await (const row of readRows(path, format, textColumn, context, width)) {
      const encoded = encode(scorer, row, path);
      portion.push({ row, encoded });
      answerable ||= encoded !== null;
      if (portion.length >= PORTION && answerable) await flush();
    }
    if (!answerable) throw new UnrollError('text-empty');
    if (portion.length > 0) await flush();
    await output.close();
    await requireRoom(A_FILE, out, replace);
    await rename(fresh, out);
    return { ...scored, answers: writer?.names ?? [], renamed: writer?.renamed ?? false };
  } catch (error) {
    await output.close().catch(() => undefined);
    await rm(fresh, { force: true });
    throw explained(error, out);
  }
}

/** A link to the file, or another spelling of its place, is the file too. @throws UnrollError `scored-into-itself` */
async function requireOther(path: string, out: string): Promise<void> {
  const [read, written] = await Promise.all([path, out].map((one) => realpath(one).catch(() => null)));
  if (written !== null && read === written) throw new UnrollError('scored-into-itself', { path: out });
}

/** @returns null for a row with nothing in it, or without a word. @throws UnrollError with the line */
function encode(scorer: Scorer, { content, line }: ScoringRow, path: string): Encoded | null {
  if (content === null) return null;
  if (typeof content === 'string') return wordsOf(scorer, content);
  return fromNumbers(scorer, content, `${path}, line ${line}`);
}

function explained(error: unknown, out: string): unknown {
  const code = String((error as NodeJS.ErrnoException).code);
  if (error instanceof UnrollError || !/^E[A-Z]+$/.test(code)) return error;
  return new UnrollError(
    code === 'ENOSPC' ? 'disk-full' : 'path-not-writable',
    { path: out },
    { cause: error },
  );
}
