/** The R scripts a student takes home are read by R itself, where there is one: a bracket that is missing shows here. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { rExporter } from '../../../../src/main/exporters/code.ts';
import { createRun } from '../../../../src/main/store/runs.ts';
import { templates } from '../../../../src/shared/graph/templates.ts';
import { insertSmallDataset, newRun, temporaryFolder, temporaryWorkspace } from '../workspace.ts';

const found = spawnSync('Rscript', ['--version']).status === 0;
if (!found) console.warn('SKIPPED: there is no Rscript on the PATH, so no R code was read by R.');

const PARSE_ALL = `
for (path in commandArgs(trailingOnly = TRUE)) cat(basename(path), length(parse(path)), "\\n")`;

it.skipIf(!found)('R reads the script of every template', async () => {
  const { db } = temporaryWorkspace();
  const folder = temporaryFolder();
  const dataset = await insertSmallDataset(db, 'data "of" mine\nand more');
  for (const { name, graph } of templates) {
    const run = createRun(db, newRun(dataset, { name: `${name} 'a\\b'`, model: name, graph }));
    await rExporter.write({ run, weights: [], probe: null }, join(folder, `${name}.R`));
  }
  const paths = readdirSync(folder).map((name) => join(folder, name));
  const { stdout, stderr, status } = spawnSync('Rscript', ['--vanilla', '-e', PARSE_ALL, ...paths], {
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
  const expressions = stdout
    .trim()
    .split('\n')
    .map((line) => Number(line.trim().split(' ').at(-1)));
  expect(expressions).toHaveLength(templates.length);
  for (const count of expressions) expect(count).toBeGreaterThan(5);
});
