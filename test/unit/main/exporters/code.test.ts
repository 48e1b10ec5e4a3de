/** Scripts and the data they train on: those go along only where that is asked for, and a script says when it has none. */
import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exporterFor } from '../../../../src/main/exporters/index.ts';
import { writeExport } from '../../../../src/main/exporters/write.ts';
import { temporaryFolder } from '../workspace.ts';
import { models } from './models.ts';
import { tools, trainedExample } from './trained-example.ts';

const job = { signal: tools.signal, progress: () => undefined };

/** Runs nothing of a script but the function that gives it its data. */
const LANGUAGES = {
  python: [
    'python3',
    '-c',
    `import ast, pathlib, sys
tree = ast.parse(open(sys.argv[1], encoding="utf-8").read())
tree.body = [part for part in tree.body if getattr(part, "name", "") == "load_data"]
HERE = pathlib.Path(sys.argv[1]).parent
exec(compile(tree, "script", "exec"))
load_data()`,
  ],
  r: [
    'Rscript',
    '--vanilla',
    '-e',
    `here <- "."
for (part in parse(commandArgs(TRUE))) if (startsWith(deparse(part)[1], "load_data")) eval(part)
load_data()`,
  ],
} as const;

describe.each(['python', 'r'] as const)('as %s', (format) => {
  const exporter = exporterFor(format);
  const name = `mine${exporter.ending}`;

  it('the examples go along only where they are asked for, and the check says which', async () => {
    const trained = await trainedExample(models[0]!);
    for (const [withData, said] of [
      [false, 'code is written, not run, and cannot fit without mine_data.npz, which'],
      [true, 'code is written, not run, with all examples in mine_data.npz'],
    ] as const) {
      const folder = temporaryFolder();
      const place = { path: join(folder, name), replace: false };
      const { check } = await writeExport(exporter, { ...trained, withData }, place, job, tools);
      expect(check).toContain(said);
      expect(readdirSync(folder).includes('mine_data.npz')).toBe(withData);
    }
  });

  it('a script on data that Keras has needs none', async () => {
    const trained = await trainedExample(models[0]!);
    const counts = { trainExamples: 25_000, testExamples: 25_000 };
    const dataset = { ...trained.dataset, ...counts, source: { format: 'keras-npz' } };
    const files = await exporter.files({ ...trained, dataset, withData: true }, name);
    expect(files.map((file) => file.name)).toEqual([name, 'mine.weights.h5', 'mine_vocabulary.json']);
    expect(files[0]!.content).toContain('imdb');
    expect(files[0]!.content).not.toContain('npz');
  });

  const [program, ...given] = LANGUAGES[format];
  const found = spawnSync(program, ['--version']).status === 0;
  if (!found) console.warn(`SKIPPED: there is no ${program} on the PATH, so it loaded no data.`);

  it.skipIf(!found)('a script without its data says in a sentence where they come from', async () => {
    const trained = await trainedExample(models[0]!);
    const [script] = await exporter.files({ ...trained, withData: false }, name);
    expect(script!.content).toMatch(/--fit .*, given "mine_data\.npz"$/m);
    const folder = temporaryFolder();
    writeFileSync(join(folder, name), script!.content);
    const { status, stderr } = spawnSync(program, [...given, name], { cwd: folder, encoding: 'utf8' });
    expect(status).toBe(1);
    const language = format === 'python' ? 'Python' : 'R';
    const sentence = `mine_data.npz is missing, the examples to train on: Unroll writes it where the run is exported as ${language} with its data.`;
    expect(stderr.split('\n')[0]!.replace(/^Error: /, '')).toBe(sentence);
  });
});
