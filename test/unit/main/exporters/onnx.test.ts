/** What an exported ONNX file promises besides its predictions: operators, open sizes, and words about itself. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, it } from 'vitest';
import { onnxExporter } from '../../../../src/main/exporters/onnx.ts';
import { onnxGraph } from '../../../../src/main/exporters/onnx/graph.ts';
import { predictWith } from '../../predict-with.ts';
import { temporaryFolder } from '../workspace.ts';
import { models } from './models.ts';
import { trainedExample, WORDS } from './trained-example.ts';

const model = (name: string) => models.find((graph) => graph.name === name)!;

it.each([
  ['lecture-stacked-simple-rnn', ['RNN', 'RNN', 'RNN', 'RNN']],
  ['masked-LSTM', ['LSTM', 'LSTM']],
  ['gru', ['GRU']],
  ['bidirectional-lstm', ['LSTM', 'LSTM']],
  ['lecture-book-lstm', ['Scan']],
])('%s has the operators %j and none unrolled', async (name, operators) => {
  const { run, state } = await trainedExample(model(name));
  const { node } = onnxGraph(run.graph, state.weights);
  const types = (node as { opType: string }[]).map(({ opType }) => opType);
  expect(types.filter((type) => ['RNN', 'LSTM', 'GRU', 'Scan', 'Loop'].includes(type))).toEqual(operators);
  expect(types.length).toBeLessThan(80);
});

it.each(['masked-GRU', 'lecture-book-lstm'])(
  '%s takes any number of sequences of any length',
  async (name) => {
    const trained = await trainedExample(model(name));
    const [file] = await onnxExporter.files(trained, 'model.onnx');
    const path = join(temporaryFolder(), file!.name);
    writeFileSync(path, file!.content);
    const session = await InferenceSession.create(path);
    for (const [batch, length] of [
      [1, 3],
      [4, 31],
    ] as const) {
      const inputs = Int32Array.from({ length: batch * length }, (_, at) => (at * 7) % WORDS);
      const { run, state } = trained;
      const expected = await predictWith(run.graph, state.weights, inputs, [batch, length]);
      const outputs = await session.run({ input: new Tensor('int32', inputs, [batch, length]) });
      const { data, dims } = outputs[session.outputNames[0]!]!;
      expect(dims).toEqual([batch, 1]);
      (data as Float32Array).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5));
    }
  },
);
