/**
 * `npm run bench -- gpu`: seconds per epoch of the lecture's models and of LSTMs with 128 and 512 units on a graphics adapter,
 * ours through the real command line, and PyTorch's, whose recurrent layers are cuDNN's, on the same one. Says so where there is
 * no GPU. With `--software` it runs on an adapter in software, and PyTorch on the processor: that shows that everything works,
 * and measures nothing.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import softwareGpu from '../test/software-gpu.ts';
import { jsonLines, measure, prepareUnroll, python, unrollCommand } from './contenders.ts';
import type { Epoch, Settings } from './contenders.ts';
import { circumstances, median, record, table } from './report.ts';
import { LECTURE, WORKS, workGraph, type Work } from './works.ts';

const LECTURES = WORKS.filter(({ name }) =>
  ['simple-rnn', 'lstm', 'simple-rnn-stack', 'lstm-128'].includes(name),
);
const LARGE: Work = {
  name: 'lstm-512',
  title: 'LSTM(512)',
  layers: [{ type: 'LSTM', config: { units: 512 } }],
  bar: 0.5,
  aim: 1,
};
const GPU_WORKS: readonly Work[] = [...LECTURES, LARGE];
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|basic render/i;
const USAGE = `Options:
  --imdb FILE  --word-index FILE   as the other benchmarks take them
  --device NAME                    the graphics adapter, by part of its name
  --works NAMES                    ${GPU_WORKS.map(({ name }) => name).join(',')} (all)
  --epochs N  --limit N            with a limit results are printed and not recorded
  --software                       run on an adapter in software where there is no other; nothing is recorded
UNROLL_BENCH_PYTHON names a Python with PyTorch for CUDA; without it PyTorch is left out.`;

const text = { type: 'string' } as const;
const { values: given } = parseArgs({
  args: process.argv.slice(3),
  options: {
    ...{ imdb: text, 'word-index': text, device: text, works: text, epochs: text, limit: text },
    software: { type: 'boolean', default: false },
  },
});

function fail(...words: string[]): never {
  console.error(words.join('\n'));
  process.exit(1);
}

interface Adapter {
  name: string;
  detail: string;
}

/** The adapter to measure; ends the process, loudly, where there is none. */
async function adapter(settings: Settings): Promise<Adapter> {
  if (given.software) softwareGpu();
  const engines = await jsonLines(process.execPath, unrollCommand(settings, 'engines'));
  const { devices, detail } = engines.find(({ name }) => name === 'webgpu') as unknown as {
    devices: Adapter[];
    detail: string;
  };
  const wanted = devices
    .filter(({ name }) => given.software || !SOFTWARE.test(name))
    .find(({ name }) => name.toLowerCase().includes((given.device ?? '').toLowerCase()));
  if (wanted) return wanted;
  const found = devices.map(({ name }) => name).join(', ') || detail;
  return fail('*** NO GPU: NOTHING WAS MEASURED. ***', `The engine webgpu found: ${found}.`, USAGE);
}

/** Median seconds of an epoch after the first, which compiles and warms up, where there are others. */
const seconds = (epochs: readonly Epoch[]): number =>
  median((epochs.length > 1 ? epochs.slice(1) : epochs).map((epoch) => epoch.seconds));

/** PyTorch's epochs and what it ran on; null where it is not there. */
async function pytorch(work: Work, settings: Settings): Promise<{ engine: string; epochs: Epoch[] } | null> {
  if (!process.env.UNROLL_BENCH_PYTHON) return null;
  const { epochs, seed, limit, imdb } = settings;
  const path = join(settings.folder, `${work.name}-gpu.json`);
  const device = given.software ? 'cpu' : 'cuda';
  const task = { graph: workGraph(work), ...LECTURE, epochs, seed, limit, device };
  await writeFile(path, JSON.stringify(task));
  const events = await jsonLines(python, ['bench/peers/torch_gpu.py', path, imdb]);
  return {
    engine: String(events.find(({ event }) => event === 'run')!.engine),
    epochs: events.filter(({ event }) => event === 'epoch') as unknown as Epoch[],
  };
}

const works = given.works
  ? given.works
      .split(',')
      .map(
        (wanted) =>
          GPU_WORKS.find(({ name }) => name === wanted) ?? fail(`There is no work ${wanted}.`, USAGE),
      )
  : GPU_WORKS;
const settings: Settings = {
  imdb: resolve(given.imdb ?? process.env.UNROLL_IMDB ?? fail('Say where imdb.npz is.', USAGE)),
  wordIndex: resolve(
    given['word-index'] ??
      process.env.UNROLL_IMDB_WORD_INDEX ??
      fail('Say where imdb_word_index.json is.', USAGE),
  ),
  folder: await mkdtemp(join(tmpdir(), 'unroll-bench-')),
  epochs: Number(given.epochs ?? 4),
  seed: 1,
  limit: given.limit ? Number(given.limit) : null,
  threads: null,
};
try {
  const device = await adapter(settings);
  const ours = { ...settings, engine: 'webgpu', device: device.name };
  await prepareUnroll(settings);
  const rows: string[][] = [];
  const measured: object[] = [];
  let peer = 'not measured: UNROLL_BENCH_PYTHON names no Python';
  for (const work of works) {
    const unroll = seconds((await measure('unroll', work, ours)).epochs);
    const other = await pytorch(work, settings);
    if (other) peer = other.engine;
    const torch = other && seconds(other.epochs);
    const ratio = torch === null ? '–' : `${(torch / unroll).toFixed(2)} x`;
    rows.push([work.title, `${unroll.toFixed(2)} s`, torch === null ? '–' : `${torch.toFixed(2)} s`, ratio]);
    measured.push({ work: work.name, unroll, pytorch: torch });
    console.error(rows.at(-1)!.join(' · '));
  }
  const { lines, values } = circumstances('npm run bench --');
  const note = given.software
    ? '**An adapter in software and PyTorch on the processor: no measurement of a GPU.**\n\n'
    : '';
  const markdown = `# On a graphics adapter

Seconds an epoch (${settings.limit ?? '25,000'} reviews of 500 words, four fifths to train on and the rest to validate), the median after the first.

${note}${table(['model', 'Unroll, webgpu', 'PyTorch, cuDNN', 'Unroll is faster'], rows)}

- adapter: ${device.name} (${device.detail})
- beside it: ${peer}
${lines}
`;
  console.log(markdown);
  if (!given.software && settings.limit === null && !given.works)
    await record('GPU', markdown, { ...values, device, peer, measured });
} finally {
  await rm(settings.folder, { recursive: true, force: true });
}
