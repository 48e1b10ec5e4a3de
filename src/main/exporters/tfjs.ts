/** A tfjs LayersModel: a folder with `model.json` (Keras's topology) and `weights.bin`, for `tf.loadLayersModel`. */
import { join } from 'node:path';
import { requireValid } from '../../shared/graph/analyse.ts';
import type { ModelGraph } from '../../shared/graph/graph.ts';
import type { Exporter, ExportFile, Trained } from './exporter.ts';
import { reload } from './reload.ts';
import { OWN_LAYERS_FILE, OWN_LAYERS_TEXT } from './tfjs/own-layers.ts';
import { needsOwnCell, topology } from './tfjs/topology.ts';

function usesOwnCells(graph: ModelGraph): boolean {
  const { nodes } = requireValid(graph);
  return graph.nodes.some(({ id, type }) => {
    const { config } = nodes.get(id)!;
    const layer = config.layer as { type: string; config: Record<string, unknown> } | undefined;
    return type === 'Bidirectional' ? needsOwnCell(layer!.type, layer!.config) : needsOwnCell(type, config);
  });
}

function modelFiles({ run: { graph }, state: { weights } }: Trained): ExportFile[] {
  const manifest = weights.map(({ name, shape }) => ({ name, shape, dtype: 'float32' }));
  const model = {
    format: 'layers-model',
    generatedBy: 'Unroll',
    convertedBy: null,
    modelTopology: topology(graph),
    weightsManifest: [{ paths: ['weights.bin'], weights: manifest }],
  };
  const bytes = weights.map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  const files: ExportFile[] = [
    { name: 'model.json', content: JSON.stringify(model) },
    { name: 'weights.bin', content: Buffer.concat(bytes) },
  ];
  return usesOwnCells(graph) ? [...files, { name: OWN_LAYERS_FILE, content: OWN_LAYERS_TEXT }] : files;
}

export const tfjsExporter: Exporter = {
  format: 'tfjs',
  ending: '',
  ownsFile: (name) =>
    ['model.json', 'weights.bin', OWN_LAYERS_FILE].includes(name) ||
    /^group\d+-shard\d+of\d+\.bin$/.test(name),
  files: (trained) => Promise.resolve(modelFiles(trained)),
  async check(folder, _files, { probe }, tools) {
    const what = 'loaded and predicted with by plain TensorFlow.js in a process of its own';
    return { what, outputs: probe && (await reload('tfjs', join(folder, 'model.json'), probe, tools)) };
  },
};
