/** Scores a file of any size row by row: only a few thousand rows are in memory at a time, and the result appears as a whole. */
import { createWriteStream, type WriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { UnrollError } from '../../shared/errors.ts';
import { clearAbandoned, stageBeside } from '../exporters/place.ts';
import type { ImportContext } from '../importers/importer.ts';
import type { JobContext } from '../jobs.ts';
import type { Inference } from '../training/inference.ts';
import { readRows, type RowFormat, type ScoringRow } from './rows.ts';
import { fromNumbers, fromText, score, type Encoded } from './score.ts';
import type { Scorer } from './scorer.ts';

/** Rows scored at a time. */
const PORTION = 2048;

export interface FileToScore {
  path: string;
  format: RowFormat;
  textColumn: string | undefined;
  /** Where the answers go: a table where it ends in `.csv`, else one JSON object a line. */
  out: string;
}

/** @returns how many rows were scored. @throws UnrollError as `readRows`, `path-not-writable`; nothing is left at `out` then */
export async function scoreFile(
  inference: Inference,
  scorer: Scorer,
  { path, format, textColumn, out }: FileToScore,
  job: JobContext,
): Promise<number> {
  await clearAbandoned(out);
  const fresh = stageBeside(out);
  const output = createWriteStream(fresh, { flags: 'wx' });
  let rows = 0;
  let outputs: number | null = null;
  const context: ImportContext = {
    signal: job.signal,
    options: {},
    progress: (fraction) => job.progress(fraction, `${rows} scored`),
  };
  // Told by the portions that are read; a portion's own progress says nothing of the file's.
  const quiet: JobContext = { signal: job.signal, progress: () => undefined };
  const writer = out.toLowerCase().endsWith('.csv') ? new TableWriter(scorer) : new ObjectWriter();
  try {
    let portion: ScoringRow[] = [];
    let answerable = false;
    const flush = async () => {
      const encoded = portion.flatMap((row) => encode(scorer, row, path) ?? []);
      const answers = encoded.length === 0 ? [] : await score(inference, scorer, encoded, quiet);
      const each = (outputs ??= answers[0]!.probabilities.length);
      const left = answers.values();
      const answerTo = ({ content }: ScoringRow) =>
        content === null ? null : left.next().value!.probabilities;
      await write(output, portion.map((row) => writer.row(row, answerTo(row), each)).join(''));
      rows += portion.length;
      portion = [];
    };
    for await (const row of readRows(path, format, textColumn, context)) {
      portion.push(row);
      answerable ||= row.content !== null;
      if (portion.length >= PORTION && answerable) await flush();
    }
    if (!answerable) throw new UnrollError('text-empty');
    if (portion.length > 0) await flush();
    output.end();
    await finished(output);
    await rename(fresh, out);
    return rows;
  } catch (error) {
    output.destroy();
    await rm(fresh, { force: true });
    throw explained(error, out);
  }
}

/** @returns null for a row with nothing in it. @throws UnrollError with the line */
function encode(scorer: Scorer, { content, line }: ScoringRow, path: string): Encoded | null {
  if (content === null) return null;
  try {
    return typeof content === 'string' ? fromText(scorer, content) : fromNumbers(scorer, content);
  } catch (error) {
    if (!(error instanceof UnrollError) || !['text-empty', 'input-invalid'].includes(error.code)) throw error;
    const reason =
      error.code === 'text-empty' ? 'its text is empty.' : error.message.replace(/^.*not valid: /, '');
    throw new UnrollError('input-invalid', { what: `${path}, line ${line}`, reason }, { cause: error });
  }
}

async function write(output: WriteStream, text: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    output.write(text, (error) => (error ? reject(error) : resolve()));
  });
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

/** `{"text": …, "probability": …}`, with whatever else the row held; null for a row with nothing in it. */
class ObjectWriter {
  row({ content, fields }: ScoringRow, probabilities: readonly number[] | null, outputs: number): string {
    const own = typeof content === 'string' && Object.keys(fields).length === 0 ? { text: content } : fields;
    const answer = outputs === 1 ? { probability: probabilities?.[0] ?? null } : { probabilities };
    return `${JSON.stringify({ ...own, ...answer })}\n`;
  }
}

const cell = (value: unknown): string => {
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** The row's columns and a column for each output. */
class TableWriter {
  readonly #classes: readonly string[];
  #columns: string[] | null = null;

  constructor({ classes }: Scorer) {
    this.#classes = classes;
  }

  row({ content, fields }: ScoringRow, probabilities: readonly number[] | null, outputs: number): string {
    const own = Object.keys(fields).length === 0 ? { text: content ?? '' } : fields;
    const answer = probabilities ?? new Array<string>(outputs).fill('');
    const header = this.#columns === null;
    this.#columns ??= Object.keys(own);
    const line = [...this.#columns.map((name) => (own as Record<string, unknown>)[name]), ...answer];
    return `${header ? this.#header(outputs) : ''}${line.map(cell).join(',')}\n`;
  }

  #header(outputs: number): string {
    const named = Array.from({ length: outputs }, (_, i) => `probability_${this.#classes[i] ?? i}`);
    return `${[...this.#columns!, ...(outputs === 1 ? ['probability'] : named)].map(cell).join(',')}\n`;
  }
}
