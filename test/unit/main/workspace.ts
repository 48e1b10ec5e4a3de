/** Real workspaces for tests: a folder of their own each, removed when the test ends. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { ImportedData } from '../../../src/main/importers/importer.ts';
import { openWorkspace, type WritableDb, type Workspace } from '../../../src/main/store/database.ts';
import { insertDataset } from '../../../src/main/store/dataset-writer.ts';
import type { NewRun } from '../../../src/main/store/runs.ts';
import { KERAS_CONVENTIONS, type Dataset, type Example } from '../../../src/shared/data/dataset.ts';
import type { ModelGraph } from '../../../src/shared/graph/graph.ts';
import { preprocessingSchema, trainingSchema } from '../../../src/shared/training.ts';

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'unroll-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function temporaryWorkspace(): Workspace {
  const workspace = openWorkspace(temporaryFolder());
  onTestFinished(() => workspace.close());
  return workspace;
}

/** Short sequences of twenty words whose label is whether the first word is among the lower ten. */
export function insertSmallDataset(
  db: WritableDb,
  name = 'small',
  { examples = 64, shift = 0 } = {},
): Promise<Dataset> {
  async function* stream(): AsyncGenerator<Example> {
    for (const split of ['train', 'test'] as const) {
      for (let number = 0; number < examples; number++) {
        const values = Int32Array.from(
          { length: 6 + (number % 5) },
          (_, step) => 1 + ((number * 7 + step * 3 + shift) % 20),
        );
        yield { split, values, label: Number((values[0] as number) <= 10) };
      }
    }
  }
  const data: ImportedData = {
    suggestedName: name,
    kind: 'tokens',
    width: 1,
    task: 'binary',
    classes: ['high', 'low'],
    conventions: KERAS_CONVENTIONS,
    vocabulary: Array.from({ length: 20 }, (_, rank) => `word${rank + 1}`),
    hasTexts: false,
    source: { format: 'test' },
    examples: stream(),
  };
  return insertDataset(db, name, data, { signal: new AbortController().signal });
}

/** Embedding, SimpleRNN and a sigmoid, small enough to train in a moment. */
export const smallGraph: ModelGraph = {
  format: 'unroll-model',
  version: 1,
  name: 'small-rnn',
  nodes: [
    { id: 'input', type: 'Input', config: { shape: [12], dtype: 'int32' }, inputs: [] },
    { id: 'embedding', type: 'Embedding', config: { input_dim: 24, output_dim: 4 }, inputs: ['input'] },
    { id: 'simple_rnn', type: 'SimpleRNN', config: { units: 5 }, inputs: ['embedding'] },
    { id: 'dense', type: 'Dense', config: { units: 1, activation: 'sigmoid' }, inputs: ['simple_rnn'] },
  ],
};

export function newRun(dataset: Dataset, changes: Partial<NewRun> = {}): NewRun {
  return {
    name: 'first',
    model: smallGraph.name,
    graph: smallGraph,
    dataset,
    preprocessing: preprocessingSchema.parse({ num_words: null, maxlen: 12 }),
    training: trainingSchema.parse({ epochs: 3, batch_size: 16 }),
    engine: 'auto',
    threads: 1,
    machine: { cpu: 'test' },
    versions: { unroll: '0' },
    parameters: 100,
    ...changes,
  };
}
