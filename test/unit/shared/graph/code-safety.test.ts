/**
 * What a model is named and set to, by a file from anywhere, never becomes more than a name or a value of the code: Python
 * and R themselves read the code, where they are at hand, and find in it what a plain model has, word for word.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pythonCode, rCode } from '../../../../src/shared/graph/code.ts';
import { newNode, renameNode } from '../../../../src/shared/graph/edit.ts';
import { modelGraphSchema, type ModelGraph } from '../../../../src/shared/graph/graph.ts';
import { layerDefinitions } from '../../../../src/shared/layers/index.ts';
import { graphOf, node, ODD_NAMES, twoBranches } from './graphs.ts';

const python = ['python3', 'python'].find((name) => spawnSync(name, ['--version']).status === 0);
const hasR = spawnSync('Rscript', ['--version']).status === 0;
if (!python)
  console.warn('SKIPPED: there is no python3 on the PATH, so no generated code was read by Python.');
if (!hasR) console.warn('SKIPPED: there is no Rscript on the PATH, so no generated code was read by R.');

/** What a program consists of, its names and values left out. Refuses what is no program. */
const PYTHON_FORMS = `
import ast, json, sys
def form(code):
    tree = ast.parse(code)
    return [type(node).__name__ for node in ast.walk(tree)]
print(json.dumps([form(code) for code in json.load(sys.stdin)]))`;
const R_FORMS = `
for (path in commandArgs(trailingOnly = TRUE)) {
  read <- getParseData(parse(path, keep.source = TRUE, encoding = "UTF-8"))
  tokens <- read$token[read$terminal]
  cat(tokens[tokens != "COMMENT"], "\\n")
}`;

function formsInPython(codes: readonly string[]): string[] {
  const { status, stdout, stderr } = spawnSync(python!, ['-c', PYTHON_FORMS], {
    input: JSON.stringify(codes),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return (JSON.parse(stdout) as string[][]).map((form) => form.join(' '));
}

function formsInR(codes: readonly string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'unroll-test-'));
  const paths = codes.map((code, i) => {
    const path = join(folder, `${i}.R`);
    writeFileSync(path, code);
    return path;
  });
  const { status, stdout, stderr } = spawnSync('Rscript', ['--vanilla', '-e', R_FORMS, ...paths], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return stdout
    .trim()
    .split('\n')
    .map((form) => form.trim());
}

const LANGUAGES = [
  ['Python', !python, pythonCode, formsInPython],
  ['R', !hasR, rCode, formsInR],
] as const;

const HOSTILE = [
  '"',
  "'",
  '\\',
  '"""',
  "'''",
  '\n__import__("os").system("touch x")\n',
  '"); __import__("os").system("touch x") #',
  '")\nsystem("touch x") #',
  '%s %(x)s %>%',
  '{} {0} ${x} `x`',
  '\u2028\u0000\ud800',
  'Straße 模型 🙂',
  'lambda',
];

const named = (name: string): ModelGraph => renameNode(twoBranches, 'lstm', name);
const book = graphOf(
  node('x', 'Input', { shape: [9, 4] }),
  node('dict', 'BookLSTM', { units: 3, return_sequences: true }, 'x'),
  node('super', 'BookLSTM', { units: 3 }, 'dict'),
  node('book_lstm_cell', 'Add', {}, 'super', 'super'),
);

describe.each(LANGUAGES)('in %s', (_, missing, write, formsOf) => {
  it.skipIf(missing)('a layer’s name is a name, whatever it means elsewhere', () => {
    const [plain, ...odd] = formsOf([named('plain'), ...ODD_NAMES.map(named)].map((graph) => write(graph)));
    expect(odd).toEqual(odd.map(() => plain));
  });

  it.skipIf(missing)('a setting that is wrong is left out, whatever it says', () => {
    const input = node('input', 'Input', { shape: [9, 4] });
    const codes = layerDefinitions.flatMap(({ type, parameters }) =>
      Object.keys(parameters).flatMap((parameter) =>
        [...HOSTILE, { type: HOSTILE[6], config: HOSTILE }, HOSTILE, null, -1].map((value) => {
          const made = newNode(graphOf(), type);
          const wrong = { ...made, inputs: ['input'], config: { ...made.config, [parameter]: value } };
          return write({ ...graphOf(input, wrong), name: String(value) });
        }),
      ),
    );
    const distinct = [...new Set(codes)];
    expect(formsOf(distinct)).toHaveLength(distinct.length);
    expect(distinct.length).toBeGreaterThan(2 * layerDefinitions.length);
    for (const code of distinct) expect(code).not.toMatch(/undefined|touch|__import__|%|\ud83d|`/);
  });

  it.skipIf(missing)('what a layer reads is a layer, or nothing', () => {
    const codes = HOSTILE.map((input) => {
      const dense = { ...node('dense', 'Dense', { units: 1 }, input) };
      return write(graphOf(node('x', 'Input', { shape: [3] }), dense));
    });
    expect(new Set(formsOf(codes)).size).toBe(1);
    expect(codes.join('')).not.toContain('touch');
  });
});

it('no model may hold other names than these', () => {
  for (const name of HOSTILE.filter((one) => one !== 'lambda'))
    expect(modelGraphSchema.safeParse(named(name)).success, name).toBe(false);
  for (const name of ODD_NAMES) expect(modelGraphSchema.safeParse(named(name)).success, name).toBe(true);
});

it('a name with a slash, which Keras refuses, is stated without it and is still the only one of its kind', () => {
  const both = renameNode(named('a/b'), 'dense', 'a_b');
  expect(pythonCode(both)).toContain('name="a_b_1"');
  expect(pythonCode(both)).toContain('name="a_b"');
  expect(rCode(both)).toContain('name = "a_b_1"');
});

it('a setting that is wrong stands in the code as one that is missing', () => {
  const wrong = graphOf(
    node('x', 'Input', { shape: [9, 4] }),
    node('y', 'LSTM', { units: 0, use_bias: false }, 'x'),
  );
  expect(pythonCode(wrong)).toContain('layers.LSTM(..., use_bias=False, name="y")');
  expect(rCode(wrong)).toContain('layer_lstm(units = ..., use_bias = FALSE, name = "y")');
});

it('what the Book LSTM’s code is made of is no layer’s variable', () => {
  expect(pythonCode(book)).toContain('dict_1 = BookLSTM(3, return_sequences=True, name="dict")(x)');
  expect(rCode(book)).toContain(
    'book_lstm_cell_1 <- list(super_1, super_1) |> layer_add(name = "book_lstm_cell")',
  );
});
