/** Imports a file as the application does, and collects what it yields. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findImporter } from '../../../../src/main/importers/index.ts';
import type { DataFormat, ImportContext, ImportedData } from '../../../../src/main/importers/importer.ts';
import type { Example, Split } from '../../../../src/shared/data/dataset.ts';
import { temporaryFolder } from '../workspace.ts';

export const fixtures = join(import.meta.dirname, '../../../fixtures/data');

export function context(options: ImportContext['options'] = {}, signal?: AbortSignal): ImportContext {
  return { options, signal: signal ?? new AbortController().signal, progress: () => undefined };
}

/** A file of its own for a test, with this content. */
export function temporaryFile(name: string, content: string | Uint8Array): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
}

export async function importFile(
  path: string,
  options: ImportContext['options'] & { format?: DataFormat; signal?: AbortSignal } = {},
): Promise<{ data: ImportedData; train: Example[]; test: Example[] }> {
  const { format, signal, ...own } = options;
  const importer = await findImporter(path, format ?? 'auto');
  const data = await importer.read(path, context(own, signal));
  const splits: Record<Split, Example[]> = { train: [], test: [] };
  for await (const example of data.examples) splits[example.split].push(example);
  return { data, ...splits };
}

/** The words an example's ranks stand for. */
export function wordsOf({ vocabulary }: ImportedData, { values }: Example): string {
  return Array.from(values, (rank) => vocabulary[rank - 1] ?? '?').join(' ');
}
