/**
 * `npm run bench -- scaling`: how a training batch of Embedding(10000, 32) -> LSTM(32) grows with examples, with steps that are
 * really active and with units, and what threads bring: 1 and as many as there are cores measured, 4 to 16 on paper, from what each
 * round of tasks took on one thread. Plots go to bench/scaling-*.svg.
 */
import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import * as tf from '@tensorflow/tfjs-core';
import type { FigureLook } from '../src/shared/figures/figure.ts';
import { figureSvg } from '../src/shared/figures/svg.ts';
import { trainingSchema } from '../src/shared/training.ts';
import { chooseEngine } from '../src/training/engines/index.ts';
import type { Engine } from '../src/training/engines/engine.ts';
import { Pool } from '../src/training/engines/simd/pool.ts';
import type { Task } from '../src/training/engines/simd/tasks.ts';
import { Learner } from '../src/training/learner.ts';
import { Model } from '../src/training/model.ts';
import { circumstances, median } from './report.ts';
import { updateResults } from './results.ts';
import { LECTURE, workGraph } from './works.ts';

interface Size {
  examples: number;
  active: number;
  units: number;
}
const USUAL: Size = { examples: 128, active: 250, units: 32 };
const WARM = 4;
const BATCHES = 16;
const PAPER = [4, 8, 16];

const LOOK: FigureLook = {
  width: 640,
  height: 360,
  text: '#1c1d21',
  muted: '#5b5e66',
  grid: '#e3e5e9',
  axis: '#9a9da6',
  background: '#ffffff',
  font: 'sans-serif',
};
const MEASURED = '#2563c9';
const EXPECTED = '#9a9da6';

/** Milliseconds of a training batch of reviews with `active` tokens behind padding: the median. */
async function batchTime({ examples, active, units }: Size): Promise<number> {
  const graph = workGraph({
    name: 'scaling',
    title: '',
    layers: [{ type: 'LSTM', config: { units } }],
    bar: 0,
    aim: 0,
  });
  const learner = new Learner(new Model(graph, 1), trainingSchema.parse({}));
  const { maxlen, num_words } = LECTURE;
  const times: number[] = [];
  for (let batch = 0; batch < WARM + BATCHES; batch++) {
    const ids = new Int32Array(examples * maxlen);
    for (let at = 0; at < ids.length; at++) {
      // Frequent words come more often, as in a text: the square of an even spread.
      if (at % maxlen >= maxlen - active)
        ids[at] = 1 + Math.floor((((at + batch * 7919) * 0.6180339887) % 1) ** 2 * (num_words - 1));
    }
    const labels = Float32Array.from({ length: examples }, (_, b) => b % 2);
    const began = performance.now();
    await learner.trainBatch(
      tf.tensor2d(ids, [examples, maxlen], 'int32'),
      tf.tensor2d(labels, [examples, 1]),
      0,
      batch,
    );
    times.push(performance.now() - began);
  }
  learner.dispose();
  return median(times.slice(WARM));
}

/** What each round of tasks took on one thread, a batch. */
async function roundsOnOneThread(): Promise<{ rounds: { tasks: number; ms: number }[]; batch: number }> {
  const rounds: { tasks: number; ms: number }[] = [];
  const run = Pool.prototype.run;
  Pool.prototype.run = function (this: Pool, tasks: readonly Task[]) {
    const began = performance.now();
    run.call(this, tasks);
    rounds.push({ tasks: tasks.length, ms: performance.now() - began });
  };
  const batch = await batchTime(USUAL);
  Pool.prototype.run = run;
  const perBatch = rounds.length / (WARM + BATCHES);
  return { rounds: rounds.slice(-BATCHES * perBatch), batch };
}

/** A batch's time with `threads`, where the tasks of a round are equally long and what is outside stays. */
function onPaper({ rounds, batch }: Awaited<ReturnType<typeof roundsOnOneThread>>, threads: number): number {
  const shared = rounds.reduce((sum, { ms }) => sum + ms, 0) / BATCHES;
  const divided = rounds.reduce((sum, { tasks, ms }) => sum + (ms * Math.ceil(tasks / threads)) / tasks, 0);
  return batch - shared + divided / BATCHES;
}

async function withThreads<T>(threads: number, measure: () => T | Promise<T>): Promise<T> {
  const engine: Engine = await chooseEngine('simd');
  await engine.start({ threads });
  const result = await measure();
  await engine.stop();
  return result;
}

interface Point {
  x: number;
  ms: number;
}
const xOf = ({ x }: Point) => x;
const msOf = ({ ms }: Point) => ms;

/** Writes a plot and gives its line for the page: the times measured, beside those that a rule gives. */
async function plot(
  name: string,
  title: string,
  axis: string,
  measured: Point[],
  rule: { label: string; points: Point[] },
  told = measured,
): Promise<string> {
  const figure = {
    title,
    x: { title: axis },
    y: { title: 'ms a batch' },
    lines: [
      { label: 'measured', x: measured.map(xOf), y: measured.map(msOf), colour: MEASURED },
      {
        label: rule.label,
        x: rule.points.map(xOf),
        y: rule.points.map(msOf),
        colour: EXPECTED,
        dashed: true,
      },
    ],
  };
  await writeFile(new URL(`scaling-${name}.svg`, import.meta.url), figureSvg(figure, LOOK));
  const shown = told.map(({ x: at, ms }) => `${at.toLocaleString('en-US')}: ${ms.toFixed(1)} ms`);
  return `- ${title}: ${shown.join(', ')} ([plot](scaling-${name}.svg))`;
}

/** Times over sizes, beside those in proportion to `weight` from a fixed part on (least squares). */
async function grow(
  name: string,
  title: string,
  axis: string,
  sizes: Size[],
  weight: (size: Size) => number,
) {
  const points: { x: number; ms: number }[] = [];
  for (const size of sizes) points.push({ x: weight(size), ms: await batchTime(size) });
  const n = points.length;
  const sum = (of: (point: Point) => number) => points.reduce((all, point) => all + of(point), 0);
  const slope =
    (n * sum(({ x, ms }) => x * ms) - sum(({ x }) => x) * sum(({ ms }) => ms)) /
    (n * sum(({ x }) => x * x) - sum(({ x }) => x) ** 2);
  const fixed = (sum(({ ms }) => ms) - slope * sum(({ x }) => x)) / n;
  const proportional = points.map(({ x }) => ({ x, ms: fixed + slope * x }));
  return plot(name, title, axis, points, { label: 'in proportion', points: proportional });
}

const cores = availableParallelism();
const one = await withThreads(1, roundsOnOneThread);
const all = await withThreads(cores, () => batchTime(USUAL));
const onThreads = [
  { x: 1, ms: one.batch },
  { x: cores, ms: all },
];
const paper = [1, cores, ...PAPER].map((threads) => ({ x: threads, ms: onPaper(one, threads) }));
const lines = [
  await plot(
    'threads',
    `Threads (1 and ${cores} measured, ${PAPER.join(', ')} on paper)`,
    'threads',
    onThreads,
    { label: 'on paper', points: paper },
    [...onThreads, ...paper.filter(({ x }) => PAPER.includes(x))],
  ),
];
const more = await withThreads(cores, async () => [
  await grow(
    'examples',
    'Examples a batch',
    'examples',
    [32, 64, 128, 256, 512].map((examples) => ({ ...USUAL, examples })),
    ({ examples }) => examples,
  ),
  await grow(
    'steps',
    'Active steps a review',
    'active steps',
    [50, 125, 250, 375, 500].map((active) => ({ ...USUAL, active })),
    ({ active }) => active,
  ),
  await grow(
    'units',
    'Units squared',
    'U squared',
    [32, 64, 96, 128, 192].map((units) => ({ ...USUAL, units })),
    ({ units }) => units ** 2,
  ),
]);
const { values } = circumstances('npm run bench --');
console.log(await updateResults({ scaling: { ...values, lines: [...lines, ...more] } }));
process.exit(0);
