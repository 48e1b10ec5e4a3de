/** Every model in every format: written, read back by the format's own software, and compared. */
import { describe, expect, it } from 'vitest';
import { join } from 'node:path';
import { exporterFor } from '../../../../src/main/exporters/index.ts';
import type { ExportFormat } from '../../../../src/main/exporters/exporter.ts';
import { writeExport } from '../../../../src/main/exporters/write.ts';
import { UnrollError } from '../../../../src/shared/errors.ts';
import { temporaryFolder } from '../workspace.ts';
import { models } from './models.ts';
import { tools, trainedExample } from './trained-example.ts';

const job = { signal: tools.signal, progress: () => undefined };

/** What the formats have in common is tried with the first alone; the others see what they write in their own way. */
const SOME = ['lecture-lstm', 'lecture-book-lstm', 'bidirectional-GRU-masked', 'branches'];
const FORMATS: readonly [ExportFormat, readonly string[] | null][] = [
  ['keras', null],
  // `onnx.test.ts` has all of them.
  ['onnx', [...SOME, 'backwards', 'masked-LSTM', 'flattened']],
  ['h5', SOME],
  ['tfjs', [...SOME, 'lecture-simple-rnn', 'gru', 'masked-LSTM', 'backwards', 'bidirectional-BookLSTM']],
];

describe.each(FORMATS)('as %s', (format, names) => {
  const chosen = models.filter(({ name }) => names?.includes(name) ?? true);
  it.each(chosen.map((graph) => [graph.name, graph] as const))('%s predicts the same', async (_, graph) => {
    const exporter = exporterFor(format);
    const path = join(temporaryFolder(), `model${exporter.ending}`);
    const exported = await writeExport(exporter, await trainedExample(graph), path, job, tools);
    expect(exported.verified).toBe(true);
    expect(exported.maxAbsDifference).toBeLessThanOrEqual(1e-6);
  });
});

it('refuses names Keras does not take', async () => {
  const [template] = models;
  const nodes = template!.nodes.map((node) => ({
    ...node,
    id: `a/${node.id}`,
    inputs: node.inputs.map((id) => `a/${id}`),
  }));
  const trained = await trainedExample({ ...template!, nodes });
  await expect(exporterFor('keras').files(trained, 'a.keras')).rejects.toThrow(UnrollError);
});
