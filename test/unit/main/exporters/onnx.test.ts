/** What an exported ONNX file promises besides its predictions: operators, open sizes, and words about itself. */
import { fork } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, it } from 'vitest';
import { onnxExporter } from '../../../../src/main/exporters/onnx.ts';
import { onnxGraph } from '../../../../src/main/exporters/onnx/graph.ts';
import { largestDifference } from '../../../../src/main/exporters/verify.ts';
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

it.each(models.map((graph) => [graph.name, graph] as const))(
  '%s predicts the same in ONNX Runtime',
  async (_, graph) => {
    const { probe, ...trained } = await trainedExample(graph);
    const { inputs, examples, maxlen, width, expected } = probe!;
    const [file] = await onnxExporter.files({ ...trained, probe }, 'model.onnx');
    const session = await InferenceSession.create(file!.content as Uint8Array, { logSeverityLevel: 3 });
    const type = width === null ? 'int32' : 'float32';
    const shape = [examples, maxlen, width ?? []].flat();
    const input = new Tensor(type, inputs as Float32Array, shape);
    const outputs = await session.run({ [session.inputNames[0]!]: input });
    const predicted = outputs[session.outputNames[0]!]!.data as Float32Array;
    expect(largestDifference(predicted, expected)).toBeLessThanOrEqual(1e-6);
  },
);

/** What the build gives for this check; nothing else of the checkout is there where the application is installed. */
const SHIPPED = ['onnx.js', 'ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm'];

it('an export is checked by the files that go with the application alone', async () => {
  const folder = temporaryFolder();
  const built = join(import.meta.dirname, '../../../../dist/reload');
  for (const name of SHIPPED) copyFileSync(join(built, name), join(folder, name));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const trained = await trainedExample(model('masked-LSTM'));
  const { inputs, examples, maxlen, expected } = trained.probe!;
  const [file] = await onnxExporter.files(trained, 'model.onnx');
  const path = join(folder, file!.name);
  writeFileSync(path, file!.content);
  const child = fork(join(folder, 'onnx.js'), [], { execArgv: [], serialization: 'advanced', cwd: folder });
  const answer = new Promise((resolve) => child.once('message', resolve));
  child.send({ path, inputs, shape: [examples, maxlen] });
  expect(largestDifference((await answer) as Float32Array, expected)).toBeLessThanOrEqual(1e-6);
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
