/**
 * Our side of steps.ts, in a process of its own as the peers are: `node bench/own-steps.ts WORK.json`. Prints the seconds of
 * every repetition as JSON lines.
 */
import { readFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs-core';
import { openWorkspace } from '../src/main/store/database.ts';
import { datasetByName } from '../src/main/store/datasets.ts';
import type { ModelGraph } from '../src/shared/graph/graph.ts';
import { preprocessingSchema, trainingSchema } from '../src/shared/training.ts';
import { readSplit } from '../src/training/data.ts';
import { chooseEngine } from '../src/training/engines/index.ts';
import { predictAll } from '../src/training/evaluate.ts';
import { Learner } from '../src/training/learner.ts';
import { Model } from '../src/training/model.ts';
import type { StepsWork } from './steps.ts';

const say = (event: string, values: object): void => console.log(JSON.stringify({ event, ...values }));

/** Times `step` over and over. */
async function time(repeats: number, step: () => Promise<unknown>): Promise<void> {
  for (let repeat = 0; repeat < repeats; repeat++) {
    const began = performance.now();
    await step();
    say('step', { seconds: (performance.now() - began) / 1000 });
  }
}

async function trainSteps(graph: ModelGraph, { repeats, shape }: StepsWork): Promise<void> {
  const [B, T, D] = shape;
  const learner = new Learner(new Model(graph, 1), trainingSchema.parse({}));
  const values = Float32Array.from({ length: B * T * D }, (_, i) => Math.sin(i * 12.9898) * 1.7);
  const labels = Float32Array.from({ length: B }, (_, b) => b % 2);
  let batch = 0;
  await time(repeats, () =>
    learner.trainBatch(tf.tensor(values, [B, T, D]), tf.tensor2d(labels, [B, 1]), 0, batch++),
  );
}

async function score(graph: ModelGraph, { repeats, workspace }: StepsWork): Promise<void> {
  const opened = openWorkspace(workspace);
  const dataset = datasetByName(opened.db, 'imdb');
  const examples = readSplit(opened.databasePath, dataset, 'test', preprocessingSchema.parse({}));
  const model = new Model(graph, 1);
  await time(repeats, () => predictAll(model, examples));
  opened.close();
}

const work = JSON.parse(await readFile(process.argv[2]!, 'utf8')) as StepsWork & { graph: ModelGraph };
const engine = await chooseEngine('simd');
const { detail } = await engine.start({ threads: work.threads });
say('run', { engine: `simd, ${detail}` });
if (work.kind === 'train') await trainSteps(work.graph, work);
else await score(work.graph, work);
process.exit(0);
