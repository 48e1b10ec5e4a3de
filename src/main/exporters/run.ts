/** Everything about a run in one file that another Unroll opens. */
import { join } from 'node:path';
import { UnrollError } from '../../shared/errors.ts';
import { RunFile } from '../store/run-file.ts';
import type { Exporter } from './exporter.ts';

export const runExporter: Exporter = {
  format: 'run',
  ending: '.unroll',
  files: ({ runFile }, name) => Promise.resolve([{ name, content: runFile() }]),
  async check(folder, [main], { probe, checkpoint }, { predict }) {
    const path = join(folder, main!.name);
    const file = new RunFile(path);
    try {
      const saved = file.checkpoint(checkpoint.which);
      if (!saved) throw new UnrollError('file-damaged', { path, reason: 'its checkpoint is missing.' });
      const outputs = probe && (await predict(file.run.graph, saved.weights, probe));
      return { what: 'opened as another Unroll does, and predicted with', outputs };
    } finally {
      file.close();
    }
  },
};
