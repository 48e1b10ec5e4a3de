/** The scoring examples of a bundle, run as they are taken home: they read lines and split words exactly as Unroll does. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import {
  javascriptExample,
  pythonExample,
  rExample,
} from '../../../../../src/main/exporters/bundle/scoring.ts';
import { exporterFor } from '../../../../../src/main/exporters/index.ts';
import { KERAS_CONVENTIONS } from '../../../../../src/shared/data/dataset.ts';
import { idsFromRanks, padSequences } from '../../../../../src/shared/data/preprocess.ts';
import { encodeText, rankByWord, splitWords } from '../../../../../src/shared/text/tokenizer.ts';
import { predictWith } from '../../../predict-with.ts';
import { temporaryFolder } from '../../workspace.ts';
import { models } from '../models.ts';
import { STEPS, trainedExample } from '../trained-example.ts';

const LINES = [
  'A Good film-bad! it\'s "so" [so]\\so^_`{|}~ #1',
  'no\u00a0break no break',
  'vertical\u000btab form\u000cfeed next\u0085line thin\u2009space ideographic\u3000space zero\ufeffwidth',
  'file\u001cseparator ΟΔΟΣ ΟΔΟΣ. İstanbul STRASSE ẞ 😀good Ǆ',
  'the last word\tgood',
];
/** With the mark of Windows in front, and its line ends. */
const INPUT = `\ufeff${LINES.join('\r\n')}\r\n\r\n   \r\n`;
const VOCABULARY = [...new Set(LINES.flatMap((line) => splitWords(line)))];
const RANKS = rankByWord(VOCABULARY);
/** So that the last words of the vocabulary are too rare. */
const WORDS = VOCABULARY.length - 2;
const idsOf = (line: string): number[] => [
  ...idsFromRanks(encodeText(line, RANKS), WORDS, KERAS_CONVENTIONS),
];

const RULES = { conventions: KERAS_CONVENTIONS, num_words: WORDS, maxlen: 9, width: 1 };
const KIND = { words: true, book: false, numbers: false };

/** The part of each example that reads and encodes, with a line that tells what came of it. */
const ENCODING = {
  'score.py': {
    command: ['python3', '-X', 'utf8=0'],
    code: pythonExample(KIND)
      .replace('import keras\n', '')
      .replace(/model = keras[^]*/, 'print(json.dumps([encode(line) for line in lines]))\n'),
  },
  'score.R': {
    command: ['Rscript', '--vanilla'],
    code: rExample(KIND)
      .replace('library(keras3)\n', '')
      .replace(/model <- load_model[^]*/, 'cat(toJSON(lapply(lines, encode)))\n'),
  },
  'score.mjs': {
    command: [process.execPath],
    code: javascriptExample(KIND)
      .replace(/import .* 'onnxruntime-node';\n/, '')
      .replace(/const session[^]*/, 'console.log(JSON.stringify(lines.map(encode)));\n'),
  },
} as const;

const MISSING = {
  'score.py': spawnSync('python3', ['--version']).status !== 0,
  'score.R': spawnSync('Rscript', ['--vanilla', '-e', 'library(jsonlite)']).status !== 0,
  'score.mjs': false,
};

describe.each(['score.py', 'score.R', 'score.mjs'] as const)('%s', (name) => {
  if (MISSING[name])
    console.warn(
      `SKIPPED: ${ENCODING[name].command[0]} (R with jsonlite) is not there, so ${name} was not run.`,
    );

  const run = (input: string) => {
    const folder = temporaryFolder();
    const { command, code } = ENCODING[name];
    writeFileSync(join(folder, 'preprocessing.json'), JSON.stringify(RULES));
    writeFileSync(join(folder, 'vocabulary.json'), JSON.stringify(VOCABULARY));
    writeFileSync(join(folder, name), code);
    const env = { ...process.env, LC_ALL: 'C.UTF-8' };
    return spawnSync(command[0], [...command.slice(1), name], { cwd: folder, input, encoding: 'utf8', env });
  };

  it.skipIf(MISSING[name])('has the ids that Unroll has, whatever the signs and line ends', () => {
    const { stdout, stderr } = run(INPUT);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual(LINES.map(idsOf));
  });

  it.skipIf(MISSING[name])('says at most one sentence where there is nothing to score', () => {
    const { stderr } = run('\r\n \n');
    expect(stderr).not.toContain('Traceback');
    expect(stderr).toMatch(/^(There is nothing to score.*\.\n)?$/);
  });
});

it('the JavaScript example of a bundle scores as Unroll does', async () => {
  const graph = models.find((model) => model.name === 'lecture-lstm')!;
  const example = await trainedExample(graph);
  const known = VOCABULARY.slice(0, example.vocabulary.length);
  const [zip] = await exporterFor('bundle').files({ ...example, vocabulary: known }, 'bundle.zip');
  const folder = temporaryFolder();
  for (const [name, bytes] of Object.entries(unzipSync(zip!.content as Uint8Array))) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
  symlinkSync(
    join(import.meta.dirname, '../../../../../node_modules'),
    join(folder, 'node_modules'),
    'junction',
  );
  const answer = spawnSync(process.execPath, ['score.mjs'], { cwd: folder, input: INPUT, encoding: 'utf8' });
  const rows = answer.stdout
    .trimEnd()
    .split('\n')
    .map((row) => row.split('\t'));
  expect(rows.map(([, ...text]) => text.join('\t'))).toEqual(LINES);

  const { num_words } = example.run.preprocessing;
  const ranks = rankByWord(known);
  const sequences = LINES.map((line) => idsFromRanks(encodeText(line, ranks), num_words, KERAS_CONVENTIONS));
  const inputs = padSequences(sequences, STEPS, { padding: 'pre', truncating: 'pre' });
  const expected = await predictWith(graph, example.state.weights, inputs, [LINES.length, STEPS]);
  rows.forEach(([probability], i) => expect(Number(probability)).toBeCloseTo(expected[i]!, 5));
});
