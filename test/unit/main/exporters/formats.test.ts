/** Every model in every format: written, read back by the format's own software, and compared. */
import { describe, expect, it } from 'vitest';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { exporterFor } from '../../../../src/main/exporters/index.ts';
import type { ExportFormat } from '../../../../src/main/exporters/exporter.ts';
import { asideOf, clearAbandoned, stageBeside } from '../../../../src/main/exporters/place.ts';
import { writeExport } from '../../../../src/main/exporters/write.ts';
import { readModel } from '../../../../src/main/importers/models/index.ts';
import { UnrollError } from '../../../../src/shared/errors.ts';
import { temporaryFolder } from '../workspace.ts';
import { build, models, type Layer } from './models.ts';
import { tools, trainedExample } from './trained-example.ts';

const job = { signal: tools.signal, progress: () => undefined };

/** What the formats have in common is tried with the first alone; the others see what they write in their own way. */
const SOME = ['lecture-lstm', 'lecture-book-lstm', 'bidirectional-GRU-masked', 'branches'];
const FORMATS: readonly [ExportFormat, readonly string[] | null][] = [
  ['keras', null],
  // `onnx.test.ts` has all of them.
  ['onnx', [...SOME, 'backwards', 'masked-LSTM', 'flattened']],
  ['h5', SOME],
  [
    'tfjs',
    [
      ...SOME,
      'lecture-simple-rnn',
      'gru',
      'masked-LSTM',
      'backwards',
      'bidirectional-BookLSTM',
      'set-in-tfjs-too',
      'held',
    ],
  ],
];

describe.each(FORMATS)('as %s', (format, names) => {
  const chosen = models.filter(({ name }) => names?.includes(name) ?? true);
  it.each(chosen.map((graph) => [graph.name, graph] as const))('%s predicts the same', async (_, graph) => {
    const exporter = exporterFor(format);
    const path = join(temporaryFolder(), `model${exporter.ending}`);
    const exported = await writeExport(
      exporter,
      await trainedExample(graph),
      { path, replace: false },
      job,
      tools,
    );
    expect(exported.verified).toBe(true);
    if (format === 'tfjs')
      expect(/by plain TensorFlow/.test(exported.check)).toBe(!existsSync(join(path, 'unroll-layers.mjs')));
    expect(exported.maxAbsDifference).toBeLessThanOrEqual(1e-6);
  });
});

it.each([
  ['zeros-where-masked', 'lstm', 'zero_output_for_mask'],
  ['two-layers', 'both', 'backward_layer'],
  ['windows', 'turned', 'data_format'],
  ['normalizations', 'all', 'rms_scaling'],
])('as tfjs, %s is refused: of %s, tfjs does not compute the %s', async (name, layer, setting) => {
  const trained = await trainedExample(models.find((model) => model.name === name)!);
  const writing = async () => exporterFor('tfjs').files(trained, 'model');
  await expect(writing).rejects.toMatchObject({ code: 'export-unsupported' });
  await expect(writing).rejects.toThrow(new RegExp(`${layer} cannot be exported as tfjs.*${setting}`));
});

describe('as tfjs, a hard_sigmoid', () => {
  const hard = { recurrent_activation: 'hard_sigmoid', return_sequences: true };
  const both = { ...hard, activation: 'hard_sigmoid', units: 3 };
  const standard: Layer[] = [
    ['lstm', 'LSTM', { ...hard, units: 4 }],
    ['gru', 'Bidirectional', { layer: { type: 'GRU', config: { ...both, reset_after: false } } }],
    ['conv', 'Conv1D', { filters: 4, kernel_size: 3, activation: 'hard_sigmoid', use_bias: false }],
    ['each', 'Dense', { units: 3, activation: 'hard_sigmoid' }],
    ['simple', 'SimpleRNN', { units: 3, activation: 'hard_sigmoid', return_sequences: true }],
  ];
  const own: Layer[] = [
    ['after', 'GRU', both],
    ['book', 'BookLSTM', both],
  ];
  const last: Layer = ['last', 'LSTM', { units: 2, recurrent_activation: 'hard_sigmoid' }];

  it('has weights that make up for the slope it has there, and comes back with those it had', async () => {
    const trained = await trainedExample(build('standard', false, ...standard, last));
    const path = join(temporaryFolder(), 'model');
    const exported = await writeExport(exporterFor('tfjs'), trained, { path, replace: false }, job, tools);
    expect(exported.maxAbsDifference).toBeLessThanOrEqual(1e-6);
    expect(exported.check).toMatch(/by plain TensorFlow.js .*; the weights .* divided by 1.2/);
    const { weights } = await readModel(path);
    weights!.forEach(({ data }, i) => {
      const { data: before } = trained.state.weights[i]!;
      data.forEach((value, at) => expect(value).toBeCloseTo(before[at]!, 6));
    });
  });

  it('has the slope of Keras 3 in the cells that go along', async () => {
    const trained = await trainedExample(build('own', false, ...own, last));
    const path = join(temporaryFolder(), 'model');
    const exported = await writeExport(exporterFor('tfjs'), trained, { path, replace: false }, job, tools);
    expect(exported.maxAbsDifference).toBeLessThanOrEqual(1e-6);
  });

  it.each<Layer>([
    ['lstm', 'LSTM', { units: 2, activation: 'hard_sigmoid', return_sequences: true }],
    ['alone', 'Activation', { activation: 'hard_sigmoid' }],
  ])('of %s, which no weights make up for, is refused', async (...layer) => {
    const trained = await trainedExample(build('refused', false, layer, last));
    await expect(async () => exporterFor('tfjs').files(trained, 'model')).rejects.toThrow(
      `${layer[0]} cannot be exported as tfjs: tfjs has no activation hard_sigmoid as Keras 3 computes it`,
    );
  });
});

it.each(['keras', 'tfjs'] as const)('as %s, nothing is left of what predicts otherwise', async (format) => {
  const exporter = exporterFor(format);
  const folder = temporaryFolder();
  const trained = await trainedExample(models[0]!);
  const probe = { ...trained.probe!, expected: trained.probe!.expected.map((value) => value + 2e-5) };
  const path = join(folder, `model${exporter.ending}`);
  const writing = writeExport(exporter, { ...trained, probe }, { path, replace: false }, job, tools);
  await expect(writing).rejects.toMatchObject({ code: 'export-differs' });
  expect(readdirSync(folder)).toEqual([]);
});

it('leaves nothing of several files where the main one cannot be put', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'model.keras');
  mkdirSync(join(path, 'kept'), { recursive: true });
  const trained = await trainedExample(models.find(({ name }) => name === 'lecture-book-lstm')!);
  const writing = writeExport(exporterFor('keras'), trained, { path, replace: true }, job, tools);
  await expect(writing).rejects.toMatchObject({ code: 'name-taken' });
  expect(readdirSync(folder)).toEqual(['model.keras']);
  expect(readdirSync(path)).toEqual(['kept']);
});

it('leaves a file that is there as it is, unless it is to be replaced', async () => {
  const path = join(temporaryFolder(), 'model.keras');
  writeFileSync(path, 'of somebody else');
  const exporter = exporterFor('keras');
  const trained = await trainedExample(models[0]!);
  const writing = writeExport(exporter, trained, { path, replace: false }, job, tools);
  await expect(writing).rejects.toMatchObject({ code: 'file-exists' });
  expect(readFileSync(path, 'utf8')).toBe('of somebody else');
  expect(readdirSync(dirname(path))).toEqual(['model.keras']);
  await writeExport(exporter, trained, { path, replace: true }, job, tools);
  expect(statSync(path).size).toBeGreaterThan(1000);
});

it('clears away what a killed process left where it writes, and nothing else', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'model.keras');
  const { pid: ended } = spawnSync(process.execPath, ['--version']);
  const stage = (pid: number) =>
    stageBeside(join(folder, 'other.zip')).replace(`.${process.pid}.`, `.${pid}.`);
  const kept = [stage(process.ppid), join(folder, 'film.12345.part'), join(folder, 'notes.part')];
  for (const left of [stage(ended), ...kept]) mkdirSync(join(left, 'unpacked'), { recursive: true });
  await writeExport(
    exporterFor('keras'),
    await trainedExample(models[0]!),
    { path, replace: false },
    job,
    tools,
  );
  expect(readdirSync(folder).sort()).toEqual([...kept.map((left) => basename(left)), 'model.keras'].sort());
});

it('puts a folder back that a process killed while it replaced it had moved aside, unless the new one is there', async () => {
  const folder = temporaryFolder();
  const { pid: ended } = spawnSync(process.execPath, ['--version']);
  const aside = (name: string, pid: number) =>
    asideOf(join(folder, name)).replace(`.${process.pid}.`, `.${pid}.`);
  const held = aside('held', process.ppid);
  for (const path of [aside('alone', ended), aside('replaced', ended), held, join(folder, 'replaced')])
    mkdirSync(path);
  writeFileSync(join(folder, 'replaced', 'model.json'), 'new');
  await clearAbandoned(join(folder, 'other.keras'));
  expect(readdirSync(folder).sort()).toEqual(['alone', basename(held), 'replaced']);
  expect(readFileSync(join(folder, 'replaced', 'model.json'), 'utf8')).toBe('new');
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
