/** `npm run check` bites: in a small project with our own configuration, each breach put into it is found and named. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const COPIED = [
  'package.json',
  'tsconfig.json',
  'eslint.config.js',
  '.dependency-cruiser.js',
  'vitest.config.ts',
  'build/check.ts',
  'build/lint',
  'src/shared/errors.ts',
  'src/main/package-root.ts',
  'src/renderer/vite.config.ts',
  'src/renderer/tsconfig.json',
];
let project: string;

function write(path: string, text: string): void {
  mkdirSync(dirname(join(project, path)), { recursive: true });
  writeFileSync(join(project, path), text);
}

function check(name: string): { code: number | null; output: string } {
  const entry = join(project, 'build/check.ts');
  const { status, stdout } = spawnSync(process.execPath, [entry, name], { cwd: project, encoding: 'utf8' });
  return { code: status, output: stdout };
}

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'unroll-check-'));
  for (const path of COPIED) cpSync(join(root, path), join(project, path), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(project, 'node_modules'), 'junction');
  write('test/sample.ts', 'export const sample = 1;\n');
  write('src/main/shells/sample.ts', 'export const shell = 1;\n');
  write('src/training/sample.ts', 'export const epochs = 10;\n');
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

test('a project without a breach passes', { timeout: 120_000 }, () => {
  for (const name of ['boundaries', 'types', 'lint']) expect(check(name)).toMatchObject({ code: 0 });
});

test('an import across a boundary fails, and the message says what to do', { timeout: 60_000 }, () => {
  const breaches: [path: string, imported: string, rule: string][] = [
    ['src/shared/breach.ts', '../main/package-root.ts', 'shared-stands-alone'],
    ['src/shared/breach-node.ts', 'node:fs', 'shared-without-runtime'],
    ['src/renderer/breach.ts', '../main/package-root.ts', 'renderer-by-contract-only'],
    ['src/renderer/breach-node.ts', 'node:fs', 'renderer-without-node'],
    ['src/main/breach.ts', '../training/sample.ts', 'main-by-protocol-only'],
    ['src/training/breach.ts', '../main/package-root.ts', 'training-by-protocol-only'],
    ['src/main/breach-shell.ts', './shells/sample.ts', 'nothing-imports-shells'],
    ['src/main/breach-electron.ts', 'electron', 'electron-in-its-shell-only'],
  ];
  for (const [path, imported] of breaches) write(path, `import '${imported}';\n`);
  const { code, output } = check('boundaries');
  expect(code).toBe(1);
  for (const [path, , rule] of breaches) expect(output).toContain(`error ${rule}: ${path}`);
  expect(output.replaceAll(/\s+/g, ' ')).toContain('Call a method of src/shared/contract');
  for (const [path] of breaches) rmSync(join(project, path));
  expect(check('boundaries').code).toBe(0);
});

test('a type error fails, and so does a promise nobody waits for', { timeout: 60_000 }, () => {
  write('src/main/broken.ts', "export const epochs: number = 'ten';\n");
  expect(check('types')).toMatchObject({
    code: 1,
    output: expect.stringContaining('src/main/broken.ts(1,14): error TS2322'),
  });
  write('src/main/broken.ts', 'export function begin(): void {\n  Promise.resolve(1);\n}\n');
  expect(check('lint')).toMatchObject({ code: 1, output: expect.stringContaining('no-floating-promises') });
});
