/** What is where an export is to be: it gives way only to who says so, and only if it is an export itself. */
import { setTimeout } from 'node:timers/promises';
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { ExportFormat } from '../../../../src/main/exporters/exporter.ts';
import { exporterFor } from '../../../../src/main/exporters/index.ts';
import { requireRoom } from '../../../../src/main/exporters/room.ts';
import { writeExport } from '../../../../src/main/exporters/write.ts';
import { temporaryFolder } from '../workspace.ts';
import { models } from './models.ts';
import { tools, trainedExample } from './trained-example.ts';

const job = { signal: tools.signal, progress: () => undefined };

async function write(format: ExportFormat, path: string, name: string, replace = false) {
  const trained = await trainedExample(models.find((model) => model.name === name)!);
  return writeExport(exporterFor(format), trained, { path, replace }, job, tools);
}

it('files that belong to both of two exports are there once, whenever they were written', async () => {
  const folder = temporaryFolder();
  await write('python', join(folder, 'train.py'), 'lecture-lstm');
  await write('keras', join(folder, 'm.keras'), 'lecture-book-lstm');
  // Times in HDF5 files are in seconds.
  await setTimeout(1100);
  await write('r', join(folder, 'train.R'), 'lecture-lstm');
  await write('h5', join(folder, 'm.h5'), 'lecture-book-lstm');
  expect(readdirSync(folder).sort()).toEqual(
    [
      ...['m.h5', 'm.keras', 'm_book_lstm.R', 'm_book_lstm.py'],
      ...['train.R', 'train.py', 'train.weights.h5', 'train_data.npz', 'train_vocabulary.json'],
    ].sort(),
  );
});

it('a file beside that is another gives way to nobody', async () => {
  const folder = temporaryFolder();
  const weights = join(folder, 'train.weights.h5');
  writeFileSync(weights, 'of another model');
  const writing = write('r', join(folder, 'train.R'), 'lecture-lstm');
  await expect(writing).rejects.toMatchObject({
    code: 'file-exists',
    message: `${weights} is there already.`,
  });
  expect(readFileSync(weights, 'utf8')).toBe('of another model');
  expect(readdirSync(folder)).toEqual(['train.weights.h5']);
});

it('a folder with nothing but an export is replaced as a whole where that is asked for', async () => {
  const folder = temporaryFolder();
  const place = join(folder, 'tfjs');
  await write('tfjs', place, 'gru');
  await expect(write('tfjs', place, 'lecture-lstm')).rejects.toMatchObject({ code: 'file-exists' });
  expect(readdirSync(place)).toContain('unroll-layers.mjs');
  await write('tfjs', place, 'lecture-lstm', true);
  expect(readdirSync(place).sort()).toEqual(['model.json', 'weights.bin']);
  expect(readFileSync(join(place, 'model.json'), 'utf8')).toContain('LSTM');
  expect(readdirSync(folder)).toEqual(['tfjs']);
});

it('a folder with anything else stays, and what it is is named', async () => {
  const folder = temporaryFolder();
  const place = join(folder, 'tfjs');
  mkdirSync(place);
  await requireRoom(exporterFor('tfjs'), place, false);
  for (const name of ['model.json', 'group1-shard1of2.bin', 'thesis.md'])
    writeFileSync(join(place, name), 'mine');
  for (const replace of [false, true]) {
    const writing = write('tfjs', place, 'lecture-lstm', replace);
    await expect(writing).rejects.toMatchObject({
      code: 'folder-of-others',
      message: expect.stringContaining(`${place} holds thesis.md`) as string,
    });
  }
  expect(readFileSync(join(place, 'model.json'), 'utf8')).toBe('mine');
  expect(readdirSync(folder)).toEqual(['tfjs']);

  const nested = join(folder, 'nested');
  mkdirSync(join(nested, 'weights.bin'), { recursive: true });
  const asking = requireRoom(exporterFor('tfjs'), nested, true);
  await expect(asking).rejects.toMatchObject({ code: 'folder-of-others' });
});

it('a file gives no way to a folder, nor a folder to a file, nor what a link leads to', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'a.keras');
  writeFileSync(file, 'a model');
  const link = join(folder, 'link');
  symlinkSync(folder, link, 'junction');
  for (const place of [file, link]) {
    const asking = requireRoom(exporterFor('tfjs'), place, true);
    await expect(asking).rejects.toMatchObject({ message: `A file named ${place} already exists.` });
  }
  const asking = requireRoom(exporterFor('keras'), folder, true);
  await expect(asking).rejects.toMatchObject({ message: `A folder named ${folder} already exists.` });
  expect(statSync(file).size).toBe(7);
});
