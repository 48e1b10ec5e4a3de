import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text as readAll } from 'node:stream/consumers';
import { Option } from 'commander';
import type { JobResult } from '../../../shared/contract/index.ts';
import { UnrollError } from '../../../shared/errors.ts';
import { checkpointOption, type Runner } from './runner.ts';
import { finishJob, type Session } from './session.ts';
import { metric } from './table.ts';
import type { Terminal } from './terminal.ts';

interface PredictOptions {
  text?: string[];
  file?: string;
  tokens?: string;
  textColumn?: string;
  out?: string;
  replace: boolean;
  checkpoint?: 'last' | 'best';
}

/** A line of what is told: `{"text": …, "probability": …}`. */
interface Answer {
  text?: unknown;
  /** Null for a line with nothing on it. */
  probability?: number | null;
  probabilities?: number[] | null;
}

/** @param name what the answer is called; the line may have a `probability` of its own beside it */
function tell(terminal: Terminal, answer: Answer, name?: string): void {
  const { text = '', probability = null } = answer;
  const given = name === undefined ? (answer.probabilities ?? probability) : answer[name as keyof Answer];
  const probabilities = [given].flat() as (number | null)[];
  terminal.result(answer, () =>
    [probabilities.map(metric).join(' '), String(text ?? '')].join('  ').trimEnd(),
  );
}

const count = (rows: number): string => rows.toLocaleString('en-US');

/** Says of a scored file what one may not have expected of it. */
function noteOddities(
  terminal: Terminal,
  { rows, unscored, answers, renamed }: JobResult<'predictions.file'>,
): void {
  if (unscored > 0)
    terminal.note(`${count(unscored)} of ${count(rows)} rows have nothing to score and no score.`);
  if (renamed)
    terminal.note(`The file has such a column itself, so that the answers are in ${answers.join(', ')}.`);
}

const isBlank = (line: string): boolean => line.trim() === '';

/** Those of `--text`, or of standard input, one a line. */
async function readTexts({ text }: PredictOptions, terminal: Terminal): Promise<string[]> {
  if (text !== undefined) return text;
  if (process.stdin.isTTY) terminal.note('Type a text a line; Ctrl+D ends.');
  const texts = (await readAll(process.stdin)).replace(/\r?\n$/, '').split(/\r?\n/);
  if (texts.every(isBlank)) throw new UnrollError('text-empty');
  return texts;
}

/** A line for every text, in their order: one with nothing on it has a line too, without a number. */
async function scoreTexts(session: Session, source: string, options: PredictOptions): Promise<void> {
  const texts = await readTexts(options, session.terminal);
  const given = options.text === undefined ? texts.filter((line) => !isBlank(line)) : texts;
  const input = { source, checkpoint: options.checkpoint, texts: given };
  const scored = await finishJob(session, 'predictions.score', input);
  const single = scored[0]!.probabilities.length === 1;
  const left = scored.values();
  for (const text of texts) {
    const probabilities = given === texts || !isBlank(text) ? left.next().value!.probabilities : null;
    const answer = single ? { probability: probabilities?.[0] ?? null } : { probabilities };
    tell(session.terminal, { text, ...answer });
  }
}

/** Tells which of a run's weights answer; a model has but one set. */
async function nameCheckpoint(session: Session, source: string, options: PredictOptions): Promise<void> {
  const input = { source, checkpoint: options.checkpoint };
  const found = await session.application.call('predictions.checkpoint', input);
  if (found === null) return;
  session.terminal.note(
    `Predicted with the ${found.which} checkpoint of ${source}, after epoch ${found.epoch}.`,
  );
}

/** A file is scored into another, row by row; without `--out` that one is told and goes again. */
async function scoreFile(session: Session, source: string, options: PredictOptions): Promise<void> {
  const { file, tokens, textColumn, checkpoint, out, replace } = options;
  const path = (file ?? tokens)!;
  const format: 'tokens' | 'auto' = tokens === undefined ? 'auto' : 'tokens';
  const column = textColumn === undefined ? {} : { textColumn };
  const input = { source, checkpoint, path, format, ...column };
  if (out !== undefined) {
    const scored = await finishJob(session, 'predictions.file', { ...input, out, replace });
    session.terminal.result(scored, () => `Scored ${count(scored.rows)} rows into ${scored.path}.`);
    noteOddities(session.terminal, scored);
    return;
  }
  const folder = await mkdtemp(join(tmpdir(), 'unroll-predict-'));
  try {
    const scored = await finishJob(session, 'predictions.file', {
      ...input,
      out: join(folder, 'scored.jsonl'),
    });
    for await (const line of createInterface({ input: createReadStream(scored.path), crlfDelay: Infinity }))
      tell(session.terminal, JSON.parse(line) as Answer, scored.answers[0]);
    noteOddities(session.terminal, scored);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export function registerPredict({ program, run }: Runner): void {
  program
    .command('predict')
    .description(
      'what a run or a model says to texts (a line each on standard input where none are given), a line each',
    )
    .argument('<run-or-model>', "a run's id or name, a model with weights, or the file of a model or bundle")
    .addOption(
      new Option('--text <text>', 'a text; may be given several times')
        .argParser((text: string, before: string[] = []) => [...before, text])
        .conflicts(['file', 'tokens']),
    )
    .addOption(
      new Option(
        '--file <file>',
        'one text a line, or a CSV, TSV or JSONL table; of series, the columns id, step and numbers, or lists "values"',
      ).conflicts('tokens'),
    )
    .option('--tokens <file>', 'JSON arrays of ids, or of numbers for a model of series, one a line')
    .option('--text-column <name>', 'the column of a table that holds the texts')
    .option('--out <file>', 'where the answers go: a table where it ends in .csv, else JSON lines')
    .option('--replace', 'with --out, in the place of a file that is there', false)
    .addOption(checkpointOption())
    .action((name: string, options: PredictOptions) =>
      run(
        async (session) => {
          const fromFile = (options.file ?? options.tokens) !== undefined;
          await (fromFile ? scoreFile : scoreTexts)(session, name, options);
          await nameCheckpoint(session, name, options);
        },
        'cli',
        options.out === undefined ? 'Interrupted.' : 'Interrupted; nothing was written.',
      ),
    );
}
