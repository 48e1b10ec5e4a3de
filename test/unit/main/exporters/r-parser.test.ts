/** The R scripts a student takes home are read by R itself, where there is one: a bracket that is missing shows here. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { folderWithData, once, open, trainUndisturbed } from '../../../faults/applications.ts';
import { templates } from '../../../../src/shared/graph/templates.ts';
import { temporaryFolder } from '../workspace.ts';

const found = spawnSync('Rscript', ['--version']).status === 0;
if (!found) console.warn('SKIPPED: there is no Rscript on the PATH, so no R code was read by R.');

/** What `code.test.ts` holds the generated code to: a file for every template and more. */
const PINNED = join(import.meta.dirname, '../../shared/graph/code');
const PARSE_ALL = `
for (path in commandArgs(trailingOnly = TRUE)) cat(basename(path), length(parse(path)), "\\n")`;

it.skipIf(!found)(
  'R reads the script of every template, and a whole run exported under an odd name',
  async () => {
    const application = open(await folderWithData(undefined, 64));
    const { id } = await trainUndisturbed(application, 'a "run" \'of\' mine\nand \\more', 1);
    const exported = join(temporaryFolder(), 'run.R');
    const ended = once(application, 'job.changed', ({ state }) => state !== 'running');
    await application.call('runs.export', { run: id, format: 'r', path: exported });
    expect(await ended).toMatchObject({ state: 'done' });

    const pinned = readdirSync(PINNED).filter((name) => name.endsWith('.R'));
    expect(pinned).toEqual(expect.arrayContaining(templates.map(({ name }) => `${name}.R`)));
    const paths = [...pinned.map((name) => join(PINNED, name)), exported];
    const read = spawnSync('Rscript', ['--vanilla', '-e', PARSE_ALL, ...paths], { encoding: 'utf8' });
    expect([read.status, read.stderr]).toEqual([0, '']);
    const expressions = read.stdout
      .trim()
      .split('\n')
      .map((line) => Number(line.trim().split(' ').at(-1)));
    expect(expressions).toHaveLength(paths.length);
    for (const count of expressions) expect(count).toBeGreaterThan(3);
  },
);
