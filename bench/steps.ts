/**
 * `npm run bench -- steps`: training steps on dense input, and scoring of IMDB's 25,000 test reviews, each side in a process of
 * its own and all in turns.
 */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LayerNode, ModelGraph } from '../src/shared/graph/graph.ts';
import { jsonLines, prepareUnroll, python } from './contenders.ts';
import type { Contender } from './contenders.ts';
import { readOptions } from './options.ts';
import { circumstances, median } from './report.ts';
import { updateResults } from './results.ts';
import { WORKS, workGraph } from './works.ts';

export interface StepsWork {
  name: string;
  title: string;
  kind: 'train' | 'score';
  /** Of a batch, for training. */
  shape: [batch: number, steps: number, values: number];
  repeats: number;
  bar: number;
  aim: number;
  /** The workspace that holds IMDB, for scoring. */
  workspace: string;
  threads: number | null;
}

/** (B, 200, 64) -> LSTM(64) -> Dense(1). */
function denseGraph([, steps, values]: StepsWork['shape']): ModelGraph {
  const layers = [
    { type: 'Input', config: { shape: [steps, values], dtype: 'float32' } },
    { type: 'LSTM', config: { units: 64 } },
    { type: 'Dense', config: { units: 1, activation: 'sigmoid' } },
  ];
  const nodes = layers.map(({ type, config }, i): LayerNode => ({
    id: `layer_${i}`,
    type,
    config,
    inputs: i ? [`layer_${i - 1}`] : [],
  }));
  return { format: 'unroll-model', version: 1, name: 'bench-dense', nodes };
}

const STEPS: readonly Pick<StepsWork, 'name' | 'title' | 'kind' | 'repeats' | 'bar' | 'aim'>[] = [
  {
    name: 'dense-step',
    title: 'Training step, dense input (64, 200, 64), LSTM(64)',
    kind: 'train',
    repeats: 60,
    bar: 1,
    aim: 1.5,
  },
  {
    name: 'scoring',
    title: 'Scoring 25,000 test reviews, LSTM(32)',
    kind: 'score',
    repeats: 4,
    bar: 2,
    aim: 3,
  },
];
const SHAPE: StepsWork['shape'] = [64, 200, 64];
/** The first repetitions hold compilation. */
const WARM = 0.25;

const { contenders, rounds, settings } = await readOptions({ rounds: 3, epochs: 1 });
const own = fileURLToPath(new URL('own-steps.ts', import.meta.url));
const peers = fileURLToPath(new URL('peers/steps.py', import.meta.url));
try {
  console.error('importing IMDB');
  await prepareUnroll(settings);
  const measured = [];
  for (const steps of STEPS) {
    const work: StepsWork = {
      ...steps,
      shape: SHAPE,
      workspace: join(settings.folder, 'workspace'),
      threads: settings.threads,
    };
    const graph =
      steps.kind === 'train' ? denseGraph(SHAPE) : workGraph(WORKS.find(({ name }) => name === 'lstm')!);
    const path = join(settings.folder, `${steps.name}.json`);
    await writeFile(path, JSON.stringify({ ...work, graph }));
    const seconds = new Map<Contender, number[]>(contenders.map((contender) => [contender, []]));
    for (let round = 1; round <= rounds; round++) {
      for (const [contender, times] of seconds) {
        const events = await (contender === 'unroll'
          ? jsonLines(process.execPath, [own, path])
          : jsonLines(python, [peers, contender, path, settings.imdb]));
        const all = events.filter(({ event }) => event === 'step').map((event) => Number(event.seconds));
        times.push(...all.slice(Math.ceil(all.length * WARM)));
      }
    }
    const medians = Object.fromEntries([...seconds].map(([contender, times]) => [contender, median(times)]));
    console.error(`${steps.name}: ${JSON.stringify(medians)}`);
    measured.push({ title: steps.title, bar: steps.bar, aim: steps.aim, seconds: medians });
  }
  const { values } = circumstances('npm run bench --');
  console.log(await updateResults({ steps: { ...values, measured } }));
} finally {
  await rm(settings.folder, { recursive: true, force: true });
}
