import { readFileSync } from 'node:fs';
import { text as readAll } from 'node:stream/consumers';
import { Option } from 'commander';
import { UnrollError } from '../../../shared/errors.ts';
import type { Runner } from './runner.ts';
import { finishJob } from './session.ts';
import { metric } from './table.ts';
import type { Terminal } from './terminal.ts';

interface PredictOptions {
  text?: string;
  file?: string;
  tokens?: string;
  checkpoint: 'last' | 'best';
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new UnrollError('file-missing', { path }, { cause });
  }
}

const nonEmptyLines = (text: string): string[] => text.split(/\r?\n/).filter((line) => line.trim() !== '');

function parseTokens(path: string): number[][] {
  return nonEmptyLines(readFile(path)).map((line, i) => {
    try {
      const ids = JSON.parse(line) as unknown;
      if (Array.isArray(ids) && ids.every((id) => Number.isInteger(id))) return ids as number[];
    } catch {
      // Reported below, as any other line that is not such an array.
    }
    throw new UnrollError('input-invalid', {
      what: `${path}, line ${i + 1}`,
      reason: 'it is not a JSON array of ids.',
    });
  });
}

/** `--text` is one text; `--file` and standard input hold one a line. */
async function readTexts({ text, file }: PredictOptions, terminal: Terminal): Promise<string[]> {
  if (text !== undefined) return [text];
  if (file === undefined && process.stdin.isTTY) terminal.note('Type a text a line; Ctrl+D ends.');
  const texts = nonEmptyLines(file === undefined ? await readAll(process.stdin) : readFile(file));
  if (texts.length === 0) throw new UnrollError('text-empty');
  return texts;
}

export function registerPredict({ program, run }: Runner): void {
  program
    .command('predict')
    .description('what a run or a model says to texts (a line each on standard input where none are given)')
    .argument('<run-or-model>', "a run's id or name, a model with weights, or a file")
    .addOption(new Option('--text <text>', 'one text').conflicts(['file', 'tokens']))
    .addOption(new Option('--file <file>', 'one text a line').conflicts('tokens'))
    .option('--tokens <file>', 'JSON arrays of ids, one a line')
    .addOption(
      new Option('--checkpoint <which>', 'the weights of which epoch')
        .choices(['last', 'best'])
        .default('last'),
    )
    .action((name: string, options: PredictOptions) =>
      run(async (session) => {
        const { tokens, checkpoint } = options;
        const what =
          tokens === undefined
            ? { texts: await readTexts(options, session.terminal) }
            : { tokens: parseTokens(tokens) };
        const predictions = await finishJob(session, 'predictions.score', {
          source: name,
          checkpoint,
          ...what,
        });
        for (const { text, probabilities } of predictions) {
          const answer = probabilities.length === 1 ? { probability: probabilities[0] } : { probabilities };
          const value = text === null ? answer : { text, ...answer };
          session.terminal.result(value, () =>
            [probabilities.map(metric).join(' '), text ?? ''].join('  ').trimEnd(),
          );
        }
      }),
    );
}
