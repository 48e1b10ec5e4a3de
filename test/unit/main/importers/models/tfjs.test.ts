/** Models that tfjs itself saved, read and compared with what tfjs predicts. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
// tfjs-layers calls operations as methods of tensors.
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import * as tf from '@tensorflow/tfjs-core';
import {
  initializers,
  input,
  layers,
  model,
  sequential,
  type LayersModel,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { expect, it } from 'vitest';
import { readModel } from '../../../../../src/main/importers/models/index.ts';
import { predictWith } from '../../../predict-with.ts';
import { temporaryFolder } from '../../workspace.ts';

const WORDS = 20;
const STEPS = 8;

/** Saves a model as `model.save('file://…')` does under Node. @returns the folder */
async function save(saved: LayersModel): Promise<string> {
  const folder = temporaryFolder();
  await saved.save(
    tf.io.withSaveHandler((artifacts) => {
      const weights = artifacts.weightSpecs!;
      const content = {
        modelTopology: artifacts.modelTopology,
        format: artifacts.format,
        generatedBy: artifacts.generatedBy,
        convertedBy: null,
        weightsManifest: [{ paths: ['./weights.bin'], weights }],
      };
      writeFileSync(join(folder, 'model.json'), JSON.stringify(content));
      writeFileSync(join(folder, 'weights.bin'), new Uint8Array(artifacts.weightData as ArrayBuffer));
      return Promise.resolve({
        modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' as const },
      });
    }),
  );
  return folder;
}

const ids = Int32Array.from({ length: 4 * STEPS }, (_, at) => (at * 7 + 1) % WORDS);

const gates = { recurrentActivation: 'sigmoid' } as const;

function chain(): LayersModel {
  const built = sequential();
  built.add(layers.embedding({ inputDim: WORDS, outputDim: 4, inputLength: STEPS, maskZero: true }));
  built.add(layers.lstm({ units: 3, returnSequences: true, ...gates }));
  built.add(layers.bidirectional({ layer: layers.simpleRNN({ units: 3 }) as never, mergeMode: 'sum' }));
  built.add(layers.dense({ units: 1, activation: 'sigmoid' }));
  return built;
}

function branches(): LayersModel {
  const words = input({ shape: [STEPS] });
  const vectors = layers.embedding({ inputDim: WORDS, outputDim: 4 }).apply(words) as SymbolicTensor;
  const read = layers.gru({ units: 3, ...gates }).apply(vectors) as SymbolicTensor;
  const filtered = layers.conv1d({ filters: 3, kernelSize: 3, activation: 'relu' }).apply(vectors);
  const largest = layers.globalMaxPooling1d({}).apply(filtered) as SymbolicTensor;
  const both = layers.concatenate().apply([read, largest]);
  return model({
    inputs: words,
    outputs: layers.dense({ units: 2, activation: 'softmax' }).apply(both) as SymbolicTensor,
  });
}

/** Wide enough for the ends of hard_sigmoid. */
const wide = initializers.randomNormal({ stddev: 1 });

/** The hard_sigmoid of tfjs is that of Keras before 3; its LSTM and GRU have it unless told otherwise. */
function olderGates(): LayersModel {
  const built = sequential();
  const words = { inputDim: WORDS, outputDim: 4, embeddingsInitializer: wide };
  built.add(layers.embedding({ ...words, inputLength: STEPS }));
  built.add(layers.lstm({ units: 3, returnSequences: true, kernelInitializer: wide, name: 'reader' }));
  const gru = layers.gru({
    units: 2,
    returnSequences: true,
    activation: 'hardSigmoid',
    kernelInitializer: wide,
  });
  built.add(layers.bidirectional({ layer: gru as never, mergeMode: 'concat' }));
  built.add(layers.conv1d({ filters: 3, kernelSize: 3, activation: 'hardSigmoid', kernelInitializer: wide }));
  built.add(layers.simpleRNN({ units: 3, activation: 'hardSigmoid', kernelInitializer: wide }));
  built.add(layers.dense({ units: 2, activation: 'hardSigmoid', kernelInitializer: wide }));
  return built;
}

/** Layers with several outputs, in all ways in which one does for them here. */
function severalOutputs(): LayersModel {
  const words = input({ shape: [STEPS] });
  const vectors = layers.embedding({ inputDim: WORDS, outputDim: 4 }).apply(words) as SymbolicTensor;
  const both = (units: number, returnSequences: boolean) => {
    const layer = layers.lstm({ units, returnSequences, ...gates });
    return layers.bidirectional({ layer: layer as never, mergeMode: null as never });
  };
  const sequences = both(3, true).apply(vectors) as SymbolicTensor[];
  const joined = layers.concatenate({ axis: 2 }).apply(sequences) as SymbolicTensor;
  const read = layers.lstm({ units: 3, returnState: true, returnSequences: true, ...gates });
  const [steps] = read.apply(joined) as SymbolicTensor[];
  const [forward, backward] = both(2, false).apply(steps!) as SymbolicTensor[];
  const [alone] = both(3, true).apply(steps!) as SymbolicTensor[];
  const [, state] = layers.gru({ units: 3, returnState: true, ...gates }).apply(alone!) as SymbolicTensor[];
  const ends = [layers.dense({ units: 2 }).apply(forward!), backward, state] as SymbolicTensor[];
  return model({
    inputs: words,
    outputs: layers.concatenate().apply(ends) as SymbolicTensor,
  });
}

it.each([
  ['a sequential one', chain],
  ['a functional one', branches],
  ['one with the gates it has by itself', olderGates],
  ['one whose layers have several outputs', severalOutputs],
])('%s predicts here what it predicts there', async (_, build) => {
  await tf.setBackend('cpu');
  const built = build();
  const expected = (built.predict(tf.tensor2d(ids, [4, STEPS], 'int32')) as tf.Tensor).dataSync();
  const { graph, weights } = await readModel(await save(built));
  const predicted = await predictWith(graph, weights!, ids, [4, STEPS]);
  expect(predicted).toHaveLength(expected.length);
  predicted.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5));
});

it('a carry that is squashed with the slope of tfjs is named', async () => {
  await tf.setBackend('cpu');
  const built = sequential();
  built.add(layers.lstm({ units: 2, inputShape: [STEPS, 3], name: 'reader', activation: 'hardSigmoid' }));
  await expect(readModel(await save(built))).rejects.toThrow(
    'the layer reader (LSTM) is not in the catalogue as it is: its activation is hard_sigmoid',
  );
});
