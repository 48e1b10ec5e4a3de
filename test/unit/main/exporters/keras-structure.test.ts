/**
 * A model that Keras saved, read and written again, is the file Keras made: the same arrays at the same places, layers of the
 * same modules and classes, and compiled the same. It needs no Python; `test/interop` loads such files in Keras itself.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { exporterFor } from '../../../../src/main/exporters/index.ts';
import type { Trained } from '../../../../src/main/exporters/exporter.ts';
import { readHdf5 } from '../../../../src/main/hdf5/hdf5.ts';
import { readArchive } from '../../../../src/main/importers/models/archive.ts';
import { readModel } from '../../../../src/main/importers/models/index.ts';
import type { ModelGraph } from '../../../../src/shared/graph/graph.ts';
import { temporaryFolder } from '../workspace.ts';
import { optimizerSchema } from '../../../../src/shared/training.ts';
import { held, models } from './models.ts';
import { trainedExample } from './trained-example.ts';

const fixtures = join(import.meta.dirname, '../../../fixtures/models/trained');
const NAMES = ['rmsprop-centered', 'adam', 'sgd'];

interface Layer {
  module: string;
  class_name: string;
  config: Record<string, unknown>;
}
interface Config {
  class_name: string;
  config: { layers: Layer[] };
  compile_config: { optimizer: Layer; loss: unknown; metrics: unknown };
}

/** What Keras saved as a run whose last checkpoint it is. */
async function asTrained(path: string): Promise<Trained> {
  const { graph, weights, compiled: state } = await readModel(path);
  const { compiled, slots } = state!;
  const { optimizer, iterations } = compiled;
  // A run of another model, with this one in its place.
  const trained = await trainedExample(models[0]!, { training: { optimizer } });
  const position = { ...trained.state.position, iterations, learningRate: optimizer.learning_rate };
  const run = { ...trained.run, graph };
  return { ...trained, run, state: { position, weights: weights!, slots } };
}

async function write(trained: Trained, format: 'keras' | 'h5'): Promise<string> {
  const path = join(temporaryFolder(), `again.${format}`);
  const [file] = await exporterFor(format).files(trained, `again.${format}`);
  writeFileSync(path, file!.content);
  return path;
}

const parse = (bytes: Uint8Array): Config => JSON.parse(new TextDecoder().decode(bytes)) as Config;
const kinds = ({ config }: Config): string[] =>
  // The operation that compares ids with 0, which Keras makes again when it loads the model.
  config.layers
    .filter(({ class_name }) => class_name !== 'NotEqual')
    .map(({ module, class_name, config: { name } }) => `${module}.${class_name} ${String(name)}`);

it.each(NAMES)('%s.keras', async (name) => {
  const own = await readArchive(join(fixtures, `${name}.keras`));
  const again = await readArchive(await write(await asTrained(join(fixtures, `${name}.keras`)), 'keras'));
  expect([...again.keys()].sort()).toEqual([...own.keys()].sort());
  const [ownConfig, config] = [parse(own.get('config.json')!), parse(again.get('config.json')!)];
  expect(kinds(config).sort()).toEqual(kinds(ownConfig).sort());
  const { optimizer, loss, metrics } = config.compile_config;
  const ownOptimizer = ownConfig.compile_config.optimizer;
  // Keras's module for it is that of the backend it ran on.
  expect(optimizer.class_name).toBe(ownOptimizer.class_name);
  for (const [key, value] of Object.entries(optimizer.config))
    if (typeof value === 'number') expect(Number(ownOptimizer.config[key])).toBeCloseTo(value, 7);
    else expect(ownOptimizer.config[key]).toEqual(value);
  expect([loss, metrics]).toEqual([ownConfig.compile_config.loss, ownConfig.compile_config.metrics]);
  const weights = async (archive: Map<string, Buffer>) =>
    (await readHdf5(archive.get('model.weights.h5')!, name)).arrays;
  const [ownArrays, arrays] = [await weights(own), await weights(again)];
  expect([...arrays.keys()].sort()).toEqual([...ownArrays.keys()].sort());
  for (const [place, array] of ownArrays) expect(arrays.get(place), place).toEqual(array);
});

it('settings of an optimizer are floats where they are whole, since Keras takes no others', async () => {
  const optimizer = optimizerSchema.parse({ name: 'sgd', learning_rate: 1 });
  const trained = await trainedExample(models[0]!, { training: { optimizer } });
  const [file] = await exporterFor('keras').files(trained, 'a.keras');
  const path = join(temporaryFolder(), 'a.keras');
  writeFileSync(path, file!.content);
  const config = (await readArchive(path)).get('config.json')!.toString();
  expect(config).toContain('"learning_rate":1.0,');
  expect(config).toContain('"momentum":0.0,');
  expect(JSON.parse(config)).toMatchObject({ compile_config: { optimizer: { config: { momentum: 0 } } } });
});

it.each(['keras', 'h5', 'tfjs'] as const)(
  'what holds of weights goes out as %s and comes back',
  async (format) => {
    const path = join(temporaryFolder(), format === 'tfjs' ? '' : `held.${format}`);
    const trained = await trainedExample(held);
    for (const { name, content } of await exporterFor(format).files(trained, 'held'))
      writeFileSync(format === 'tfjs' ? join(path, name) : path, content);
    const { graph, notes } = await readModel(path);
    expect(notes.filter((note) => /regularizer|constraint/.test(note))).toEqual([]);
    const stated = ({ nodes }: ModelGraph) =>
      JSON.stringify(nodes.map(({ config }) => config)).match(/"\w+_(regularizer|constraint)":"[^"]+"/g);
    // tfjs would change the weights as it loads them.
    const kept = stated(held)!.filter((setting) => format !== 'tfjs' || !setting.includes('_constraint'));
    expect(new Set(stated(graph))).toEqual(new Set(kept));
  },
);

it.each(NAMES)('%s.h5, but for where the state of its optimizer is', async (name) => {
  const path = join(fixtures, `${name}.h5`);
  const written = await write(await asTrained(path), 'h5');
  const again = await readHdf5(readFileSync(written), name);
  const own = await readHdf5(readFileSync(path), name);
  const lists = ({ groups }: typeof own) =>
    [...groups].filter(([, attributes]) => attributes.has('weight_names')).map(([group]) => group);
  const elsewhere = ['model_weights/top_level_model_weights', 'optimizer_weights'];
  expect(lists(again)).toEqual(
    expect.arrayContaining(lists(own).filter((group) => !elsewhere.includes(group))),
  );
  for (const group of lists(again)) {
    const listed = ({ groups, arrays }: typeof own) =>
      (groups.get(group)!.get('weight_names') as string[]).map((weight) => arrays.get(`${group}/${weight}`));
    expect(listed(again), group).toEqual(listed(own));
  }
  // Keras 3 can load it there, but not train with it.
  expect([...again.groups.keys()]).not.toContain('optimizer_weights');
  expect((await readModel(written)).compiled).toEqual((await readModel(path)).compiled);
});
