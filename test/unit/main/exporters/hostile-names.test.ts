/** Names of runs, data, classes, layers and files that mean something else elsewhere: in code, in Markdown, to `replace`. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { modelCard } from '../../../../src/main/exporters/bundle/card.ts';
import { bookLstmFiles } from '../../../../src/main/exporters/keras/book-lstm-files.ts';
import { exporterFor } from '../../../../src/main/exporters/index.ts';
import { temporaryFolder } from '../workspace.ts';
import { hostile, models } from './models.ts';
import { trainedExample } from './trained-example.ts';

const NAME = 'it\'s "$&" \\ of\nmine """\u2028$1';
const CLASSES = ['a|b', '`c`', '[d](e)\n# f', '<g>'];

async function hostileExample() {
  const trained = await trainedExample(hostile, { name: NAME });
  const run = { ...trained.run, dataset: { ...trained.run.dataset, name: NAME } };
  return { ...trained, run, dataset: { ...trained.dataset, name: NAME, classes: CLASSES } };
}

/** Prints every text in a script as JSON, and fails where the language cannot read it or a layer took a name that is needed. */
const LANGUAGES = {
  python: [
    'python3',
    '-c',
    `import ast, json, sys
tree = ast.parse(open(sys.argv[1], encoding="utf-8").read())
names = [s.targets[0].id for s in tree.body if isinstance(s, ast.Assign)]
assert len(names) == len(set(names)), names
assert not {"keras", "layers", "np", "json", "print", "len"} & set(names), names
print(json.dumps([n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]))`,
  ],
  r: [
    'Rscript',
    '--vanilla',
    '-e',
    `Sys.setlocale("LC_CTYPE", "C.UTF-8")
texts <- function(x) if (is.character(x)) x else if (is.call(x) || is.expression(x) || is.pairlist(x)) unlist(lapply(as.list(x), texts))
found <- texts(parse(commandArgs(TRUE), encoding = "UTF-8"))
hex <- function(text) paste(charToRaw(enc2utf8(text)), collapse = "")
cat(sapply(found, hex), sep = "\\n")`,
  ],
} as const;

describe.each(['python', 'r'] as const)('a script in %s', (format) => {
  const [program, ...given] = LANGUAGES[format];
  const found = spawnSync(program, ['--version']).status === 0;
  if (!found) console.warn(`SKIPPED: there is no ${program} on the PATH, so it read no code.`);

  it.skipIf(!found)('is read, and finds its files by their names', async () => {
    const ending = exporterFor(format).ending;
    const files = await exporterFor(format).files(await hostileExample(), `${NAME}${ending}`);
    const path = join(temporaryFolder(), `script${ending}`);
    writeFileSync(path, files[0]!.content);
    const read = spawnSync(program, [...given, path], { encoding: 'utf8' });
    expect([read.status, read.stderr]).toEqual([0, '']);
    const texts =
      format === 'python'
        ? (JSON.parse(read.stdout) as string[])
        : read.stdout.split('\n').map((hex) => Buffer.from(hex, 'hex').toString());
    for (const { name } of files.slice(1)) expect(texts).toContain(name);
  });
});

it('stay on their line in a model card, and mean nothing in it', async () => {
  const trained = await hostileExample();
  const lines = modelCard(trained, [], []).split('\n');
  expect(lines[0]).toBe('# it\'s "$&" \\\\ of mine """ $1');
  expect(lines.filter((line) => line.startsWith('- Classes'))).toEqual([
    '- Classes, in the order of the labels: a\\|b, \\`c\\`, \\[d\\](e) \\# f, \\<g\\>.',
  ]);
  const headings = lines.filter((line) => line.startsWith('#'));
  expect(headings.map((line) => line.replace(/^#+ /, '')).slice(1)).toEqual([
    ...['Data', 'Training', 'Scores', 'Limits', 'Files', 'Layers'],
  ]);
});

it('a Book LSTM comes in a module that Python can import, whatever the model is called', () => {
  const graph = models.find(({ name }) => name === 'lecture-book-lstm')!;
  const modules = ['my run.keras', '2026-best.h5', 'plain.keras'].map(
    (name) => bookLstmFiles(graph, name)[0]!.name,
  );
  expect(modules).toEqual(['my_run_book_lstm.py', '_2026_best_book_lstm.py', 'plain_book_lstm.py']);
});
