/** ONNX (opset 17): recurrent layers as operators, batch and length open. */
import { join } from 'node:path';
import { applicationVersion } from '../machine.ts';
import type { Exporter, Trained } from './exporter.ts';
import { modelBytes } from './onnx/format.ts';
import { onnxGraph } from './onnx/graph.ts';
import { reload } from './reload.ts';

/** How sequences are prepared and what the outputs mean, for who has the file alone. */
function metadata({ run, dataset, maxlen }: Trained): Record<string, string> {
  const preprocessing = { ...run.preprocessing, maxlen, conventions: dataset.conventions };
  return {
    run: run.name,
    preprocessing: JSON.stringify(preprocessing),
    classes: JSON.stringify(dataset.classes),
  };
}

export const onnxExporter: Exporter = {
  format: 'onnx',
  ending: '.onnx',
  files(trained, name) {
    const graph = onnxGraph(trained.run.graph, trained.state.weights);
    return Promise.resolve([{ name, content: modelBytes(graph, applicationVersion, metadata(trained)) }]);
  },
  async check(folder, [main], { probe }, tools) {
    const what = 'loaded and predicted with by ONNX Runtime (WebAssembly) in a process of its own';
    return { what, outputs: probe && (await reload('onnx', join(folder, main!.name), probe, tools)) };
  },
};
