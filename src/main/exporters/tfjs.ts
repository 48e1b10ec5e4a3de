/** A tfjs LayersModel: a folder with `model.json` (Keras's topology) and `weights.bin`, for `tf.loadLayersModel`. */
import { join } from 'node:path';
import { requireValid } from '../../shared/graph/analyse.ts';
import type { LayerNode, ModelGraph } from '../../shared/graph/graph.ts';
import { atOlderSlope, hardSigmoids } from '../hard-sigmoid.ts';
import type { Exporter, ExportFile, Trained } from './exporter.ts';
import { reload } from './reload.ts';
import { OWN_LAYERS_FILE, OWN_LAYERS_TEXT } from './tfjs/own-layers.ts';
import { needsOwnCell, topology } from './tfjs/topology.ts';

/** What TensorFlow.js has no layers for, in words: `no GRU with reset_after`; null where it has all. */
export function ownCells(graph: ModelGraph): string | null {
  const { nodes } = requireValid(graph);
  const types = graph.nodes.map(({ id, type }) => {
    const { config } = nodes.get(id)!;
    const layer =
      type === 'Bidirectional' ? (config.layer as Pick<LayerNode, 'type' | 'config'>) : { type, config };
    return needsOwnCell(layer.type, layer.config) ? layer.type : '';
  });
  const found = [
    ...(types.includes('GRU') ? ['no GRU with reset_after'] : []),
    ...(types.includes('BookLSTM') ? ['no Book LSTM'] : []),
  ];
  return found.length > 0 ? found.join(' and ') : null;
}

/** Those of tfjs's own layers; the cells that go along have Keras 3's. */
const hardSigmoidsOf = (graph: ModelGraph) =>
  hardSigmoids(graph, requireValid(graph), ({ type, config }) => !needsOwnCell(type, config));

function modelFiles({ run: { graph }, state }: Trained): ExportFile[] {
  const weights = atOlderSlope(hardSigmoidsOf(graph), state.weights);
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
  return ownCells(graph) !== null ? [...files, { name: OWN_LAYERS_FILE, content: OWN_LAYERS_TEXT }] : files;
}

export const tfjsExporter: Exporter = {
  format: 'tfjs',
  ending: '',
  ownsFile: (name) =>
    ['model.json', 'weights.bin', OWN_LAYERS_FILE].includes(name) ||
    /^group\d+-shard\d+of\d+\.bin$/.test(name),
  files: (trained) => Promise.resolve(modelFiles(trained)),
  async check(folder, _files, { probe, run }, tools) {
    const lacking = ownCells(run.graph);
    const what =
      lacking === null
        ? 'loaded and predicted with by plain TensorFlow.js in a process of its own'
        : `loaded and predicted with by TensorFlow.js and ${OWN_LAYERS_FILE}, which it needs since TensorFlow.js has ${lacking}, in a process of its own`;
    const slope =
      hardSigmoidsOf(run.graph).length > 0
        ? '; the weights that its hard_sigmoid acts on are divided by 1.2, since that of TensorFlow.js is steeper'
        : '';
    return {
      what: `${what}${slope}`,
      outputs: probe && (await reload('tfjs', join(folder, 'model.json'), probe, tools)),
    };
  },
};
