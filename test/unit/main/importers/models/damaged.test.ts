/** Model files that are damaged, made to harm, or of another kind: each is refused with a clear word. `test/fuzz` has more. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { zipSync } from 'fflate';
import h5wasm, { File, FS, type Dataset } from 'h5wasm';
import { describe, expect, it } from 'vitest';
import { tfjsExporter } from '../../../../../src/main/exporters/tfjs.ts';
import { readHdf5, writeHdf5 } from '../../../../../src/main/hdf5/hdf5.ts';
import { readArchive } from '../../../../../src/main/importers/models/archive.ts';
import { readModel } from '../../../../../src/main/importers/models/index.ts';
import { writeRunFile } from '../../../../../src/main/store/run-file.ts';
import { unsealed } from '../../../../../src/main/store/run-file-seal.ts';
import { createRun } from '../../../../../src/main/store/runs.ts';
import { models } from '../../exporters/models.ts';
import { MersenneTwister } from '../../../../../src/shared/random/mersenne-twister.ts';
import { trainedExample } from '../../exporters/trained-example.ts';
import { insertSmallDataset, newRun, temporaryFolder, temporaryWorkspace } from '../../workspace.ts';

const fixture = (name: string) => join(import.meta.dirname, '../../../../fixtures/models', name);

type Entries = Record<string, Uint8Array>;
const entries = async (name: string): Promise<Entries> =>
  Object.fromEntries(await readArchive(fixture(name)));

/** Writes bytes into a folder of their own and reads them as a model. */
function readBytes(name: string, bytes: Uint8Array): Promise<unknown> {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, bytes);
  return readModel(path);
}

const text = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

async function runFile(): Promise<Buffer> {
  const { db } = temporaryWorkspace();
  const run = createRun(db, newRun(await insertSmallDataset(db), { name: 'name of the run' }));
  return writeRunFile(db, run, false);
}

/** A run file as Unroll wrote it before it had a seal. */
function withoutSeal(file: Buffer): Buffer {
  const database = Buffer.from(unsealed(file)!);
  database.writeUInt32BE(0, 68);
  return database;
}

/** The `.keras` file of an LSTM with something changed. */
async function changed(
  change: (entries: Entries) => Entries | Promise<Entries>,
  level: 0 | 9 = 0,
): Promise<Uint8Array> {
  return zipSync(await change(await entries('lstm.keras')), { level });
}

type Json = Record<string, never>;
const withConfig =
  (edit: (config: Json) => unknown) =>
  (all: Entries): Entries => {
    const config = JSON.parse(new TextDecoder().decode(all['config.json'])) as Json;
    return { ...all, 'config.json': text(edit(config)) };
  };

/** The weights of that file, changed. */
const withWeights =
  (
    edit: (
      name: string,
      data: Float32Array,
      shape: readonly number[],
    ) => { data: Float32Array; shape: readonly number[] },
  ) =>
  async (all: Entries): Promise<Entries> => {
    const content = await readHdf5(all['model.weights.h5']!, 'weights');
    for (const [name, { data, shape }] of content.arrays) {
      if (data instanceof Float32Array) content.arrays.set(name, edit(name, data, shape));
    }
    return { ...all, 'model.weights.h5': await writeHdf5(content) };
  };

const replaceText =
  (from: string, to: string) =>
  (all: Entries): Entries => ({
    ...all,
    'config.json': new TextEncoder().encode(
      new TextDecoder().decode(all['config.json']).replaceAll(from, to),
    ),
  });

const dense = 'layers/dense/vars/0';

describe('a .keras file', () => {
  it.each<[string, () => Promise<Uint8Array>, string]>([
    [
      'cut off',
      async () => (await changed((all) => all)).subarray(0, 9000),
      'is damaged or incomplete: it is a zip archive that is cut off.',
    ],
    ['that is empty', () => Promise.resolve(new Uint8Array()), 'it is empty.'],
    ['that is text', () => Promise.resolve(text('words')), 'it should be a zip archive and is none.'],
    [
      'without its weights',
      () => changed(({ 'model.weights.h5': _, ...rest }) => rest),
      'a model without its weights',
    ],
    [
      'with empty weights',
      () => changed((all) => ({ ...all, 'model.weights.h5': new Uint8Array() })),
      'no HDF5 file',
    ],
    [
      'with weights of another shape',
      () =>
        changed(
          withWeights((name, data, shape) => (name === dense ? { data, shape: [1, 3] } : { data, shape })),
        ),
      'dense/kernel has the shape (1, 3) where (3, 1) is due',
    ],
    [
      'with NaN in its weights',
      () =>
        changed(
          withWeights((name, data, shape) => ({ shape, data: name === dense ? data.fill(NaN) : data })),
        ),
      'dense/kernel holds values that are no numbers',
    ],
    [
      'of a newer Keras',
      () => changed((all) => ({ ...all, 'metadata.json': text({ keras_version: '4.0.1' }) })),
      'Keras 4.0.1, which is newer',
    ],
    [
      'that inflates without end',
      () => changed((all) => ({ ...all, bomb: new Uint8Array(1 << 26) }), 9),
      'bomb has 64.00 MB unpacked, over 200 times what it has in the file',
    ],
    [
      'with a name that leads out',
      () => changed((all) => ({ ...all, '../evil.py': text(1) })),
      'leads out of the archive',
    ],
    ['with a pickle', () => changed((all) => ({ ...all, 'data.pkl': text(1) })), 'data.pkl is a pickle'],
    [
      'with a pickle under another name',
      () => changed((all) => ({ ...all, assets: Uint8Array.of(0x80, 4, 0x95, 0, 0) })),
      'assets is a pickle',
    ],
    [
      'with a layer of another kind',
      () => changed(replaceText('"LSTM"', '"Lambda"')),
      'the layer lstm (Lambda) is not in the catalogue of layers.',
    ],
    [
      'with an activation of its own',
      () => changed(replaceText('"tanh"', '"swigluish"')),
      'its activation is swigluish',
    ],
    [
      'with an activation that has another width',
      () => changed(replaceText('"tanh"', '"glu"')),
      'its activation is glu, which Keras declares twice as wide',
    ],
    [
      'that hands on its states',
      () => changed(replaceText('"return_state": false', '"return_state": true')),
      'its state h goes to dense (Dense), its state c goes to dense (Dense)',
    ],
    [
      'that is a class of its own',
      () => changed(withConfig((config) => ({ ...config, class_name: 'Mine' }))),
      'class Mine',
    ],
    ['whose configuration is a list', () => changed(withConfig(() => [])), 'not a JSON object'],
    [
      'whose configuration is cut off',
      () => changed((all) => ({ ...all, 'config.json': all['config.json']!.subarray(0, 99) })),
      'not JSON',
    ],
  ])('%s', async (_, bytes, message) => {
    await expect(readBytes('model.keras', await bytes())).rejects.toThrow(message);
  });
});

describe('a functional model with masks', () => {
  /** One that Keras saved, with its configuration changed. */
  async function read(change: (config: string) => string): Promise<unknown> {
    const all = await entries('trained/sgd.keras');
    const config = change(new TextDecoder().decode(all['config.json']));
    return readBytes('a.keras', zipSync({ ...all, 'config.json': new TextEncoder().encode(config) }));
  }
  const MASK = /"mask": \{"class_name": "__keras_tensor__".*?\}\}/;

  it('is read where they are those of its Embedding', async () => {
    await expect(read((config) => config)).resolves.toMatchObject({ graph: { nodes: { length: 8 } } });
  });

  it.each<[string, (config: string) => string, string]>([
    ['of another id', (config) => config.replace('}}, 0], "kwargs"', '}}, 5], "kwargs"'), '(NotEqual)'],
    [
      'given to no layer that would skip steps',
      (config) => config.replace(MASK, '"mask": null'),
      'has a mask other',
    ],
    [
      'where its Embedding makes none',
      (config) => config.replace('"mask_zero": true', '"mask_zero": false'),
      'has a mask other',
    ],
  ])('%s is refused', async (_, change, message) => {
    await expect(read(change)).rejects.toThrow(message);
  });
});

describe('another file', () => {
  it('that is a pickle is not run', async () => {
    const bytes = Uint8Array.of(0x80, 4, 0x63);
    for (const name of ['model.h5', 'model.keras', 'model.pt', 'model.json'])
      await expect(readBytes(name, bytes)).rejects.toThrow('it is a pickle');
  });

  it('of HDF5 named as newer files of Keras are is read as what it is', async () => {
    const bytes = readFileSync(fixture('lstm.h5'));
    const { weights } = await readModel(fixture('lstm.h5'));
    await expect(readBytes('model.keras', bytes)).resolves.toMatchObject({ weights });
  });

  it('of a bundle that lacks a part says which', async () => {
    const parts = { 'preprocessing.json': text({}), 'model.keras': text({}), 'README.md': text('') };
    for (const [missing, name] of [
      ['preprocessing.json', 'model.keras'],
      ['model.keras', 'preprocessing.json'],
    ] as const)
      await expect(
        readBytes('bundle.zip', zipSync({ [name]: parts[name], 'README.md': parts['README.md'] })),
      ).rejects.toThrow(`it is a bundle without its ${missing}.`);
  });

  it('of HDF5 without a model, or without weights, says which', async () => {
    const content = await readHdf5(readFileSync(fixture('lstm.h5')), 'lstm.h5');
    const attributes = content.groups.get('')!;
    for (const name of [...content.arrays.keys()]) content.arrays.delete(name);
    await expect(readBytes('a.h5', await writeHdf5(content))).rejects.toThrow('has 0 arrays of weights');
    content.groups = new Map([['', attributes]]);
    await expect(readBytes('a.h5', await writeHdf5(content))).rejects.toThrow('a model without its weights');
    attributes.delete('model_config');
    await expect(readBytes('a.h5', await writeHdf5(content))).rejects.toThrow('perhaps weights alone');
  });

  it('of HDF5 that announces far more numbers than it holds is refused before memory is taken', async () => {
    await h5wasm.ready;
    const file = new File('bomb.h5', 'w');
    file.create_dataset({
      name: 'bomb',
      data: new Float32Array(4),
      shape: [4],
      maxshape: [null],
      chunks: [4],
    });
    (file.get('bomb') as Dataset).resize([2 ** 27]);
    file.close();
    const bytes = FS!.readFile('bomb.h5') as Uint8Array;
    expect(bytes.length).toBeLessThan(10_000);
    await expect(readBytes('a.h5', bytes)).rejects.toThrow('bomb announces more numbers than Unroll reads');
  });

  it('nested deeper than anything real is refused', async () => {
    const deep = `${'{"class_name":"Bidirectional","config":{"layer":'.repeat(60_000)}0${'}}'.repeat(60_000)}`;
    const text = `{"class_name":"Sequential","config":{"build_input_shape":[null,4],"layers":[${deep}]}}`;
    await expect(readBytes('a.json', new TextEncoder().encode(text))).rejects.toThrow('nested too deep');
  });

  it('of Keras 2 with a hard_sigmoid has the slope it had there', async () => {
    const content = await readHdf5(readFileSync(fixture('options.h5')), 'options.h5');
    content.groups.get('')!.set('keras_version', '2.11.0');
    const path = join(temporaryFolder(), 'a.h5');
    writeFileSync(path, await writeHdf5(content));
    const older = await readModel(path);
    const newer = await readModel(fixture('options.h5'));
    expect(older.notes).toContainEqual(expect.stringContaining('hard_sigmoid as it was before Keras 3'));
    const ratios = (name: string) => {
      const [of, to] = [newer, older].map(({ weights }) => weights!.find((one) => one.name === name)!.data);
      return [...to!].map((value, i) => Number((value / of![i]!).toFixed(5)));
    };
    const gates = [1.2, 1.2, 1.2, 1.2, 1.2, 1.2, 1, 1, 1, 1.2, 1.2, 1.2];
    for (const name of ['lstm/kernel', 'lstm/recurrent_kernel', 'lstm/bias'])
      ratios(name).forEach((ratio, i) => expect(ratio).toBe(gates[i % 12]));
    expect(new Set(ratios('simple_rnn/kernel'))).toEqual(new Set([1]));
  });

  it('of Keras 2 with a hard_sigmoid that no weights make up for is refused', async () => {
    const json = JSON.parse(readFileSync(fixture('options.json'), 'utf8')) as Json;
    const older = { ...json, module: undefined, keras_version: '2.2.4' };
    const plain = JSON.stringify(older);
    const named = 'is hard_sigmoid as it was before Keras 3, with another slope';
    await expect(readBytes('a.json', new TextEncoder().encode(plain))).rejects.toThrow(named);
    const content = await readHdf5(readFileSync(fixture('options.h5')), 'options.h5');
    const attributes = content.groups.get('')!;
    attributes.set('keras_version', '2.11.0');
    const config = String(attributes.get('model_config'));
    for (const from of ['"silu"', '"relu"']) {
      attributes.set('model_config', config.replaceAll(from, '"hard_sigmoid"'));
      await expect(readBytes('a.h5', await writeHdf5(content))).rejects.toThrow(named);
    }
  });

  it('of tfjs reads weights from its own folder alone, and needs them whole', async () => {
    const folder = temporaryFolder();
    const files = await tfjsExporter.files(await trainedExample(models[0]!), 'tfjs');
    for (const { name, content } of files) writeFileSync(join(folder, name), content);
    const model = JSON.parse(String(files[0]!.content)) as { weightsManifest: [{ paths: string[] }] };
    expect((await readModel(folder)).weights).toHaveLength(6);
    for (const path of ['../weights.bin', '/etc/passwd', 'a/b.bin', '..']) {
      model.weightsManifest[0].paths = [path];
      writeFileSync(join(folder, 'model.json'), JSON.stringify(model));
      await expect(readModel(folder)).rejects.toThrow('outside of its folder');
    }
    writeFileSync(join(folder, 'model.json'), files[0]!.content);
    writeFileSync(join(folder, 'weights.bin'), (files[1]!.content as Buffer).subarray(4));
    await expect(readModel(folder)).rejects.toThrow('are due');
  });

  it('of a run with code of its own, or none at all, is no run', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'a.unroll');
    writeFileSync(path, withoutSeal(await runFile()));
    expect((await readModel(path)).weights).toBeNull();
    const file = new Database(path);
    file.exec('CREATE TRIGGER harm AFTER INSERT ON runs BEGIN DELETE FROM runs; END');
    file.close();
    await expect(readModel(path)).rejects.toThrow('code of its own');
    const other = new Database(join(folder, 'b.unroll'));
    other.exec('CREATE TABLE anything (x)');
    other.close();
    await expect(readModel(join(folder, 'b.unroll'))).rejects.toThrow('no run of Unroll');
  });

  it('of a run in which any byte is another is refused', async () => {
    const path = join(temporaryFolder(), 'a.unroll');
    const whole = await runFile();
    writeFileSync(path, whole);
    expect((await readModel(path)).weights).toBeNull();
    const random = new MersenneTwister(7);
    const drawn = Array.from({ length: 60 }, () => 16 + random.nextInterval(whole.length - 17));
    const ofName = whole.indexOf('name of the run');
    const seal = Array.from({ length: 90 }, (_, i) => whole.length - 1 - i);
    const refused = `${path} is damaged or incomplete: its bytes differ from its SHA-256.`;
    for (const at of [18, 68, 71, ofName, ...seal, ...drawn]) {
      const changed = Buffer.from(whole);
      changed[at]! ^= 1 << random.nextInterval(7);
      writeFileSync(path, changed);
      await expect(readModel(path), `at ${at}`).rejects.toThrow(refused);
    }
    for (const length of [unsealed(whole)!.length, whole.length - 1, whole.length - 8192]) {
      writeFileSync(path, whole.subarray(0, length));
      await expect(readModel(path)).rejects.toThrow(refused);
    }
  });

  it('or folder of nothing known is refused', async () => {
    const folder = join(temporaryFolder(), 'empty');
    mkdirSync(folder);
    await expect(readModel(folder)).rejects.toThrow('no format of models');
    await expect(readBytes('a.txt', text('words'))).rejects.toThrow('no format of models');
    await expect(readModel(join(folder, 'none.keras'))).rejects.toThrow('does not exist');
  });
});
