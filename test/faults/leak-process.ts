/**
 * A process that trains, evaluates and predicts over and over on one engine, as a training child does, and tells after each
 * round what it holds: memory, handles, and the tensors and bytes that the engine knows of.
 */
import { backend, memory } from '@tensorflow/tfjs-core';
import { openWorkspace } from '../../src/main/store/database.ts';
import { datasetByName } from '../../src/main/store/datasets.ts';
import type { FromChild, Job, TrainJob } from '../../src/shared/protocol.ts';
import { preprocessingSchema, trainingSchema, type EngineName } from '../../src/shared/training.ts';
import { Control } from '../../src/training/control.ts';
import { chooseEngine } from '../../src/training/engines/index.ts';
import { runJob } from '../../src/training/jobs.ts';
import { smallGraph } from '../unit/main/workspace.ts';
import { held } from './held.ts';

/** So that others get their turn. */
const PAUSE_MS = 200;

const [folder, name] = process.argv.slice(2) as [string, EngineName];
const engine = await chooseEngine(name);
const started = await engine.start({ threads: 1 });
const { db, databasePath } = openWorkspace(folder);
const common = {
  graph: smallGraph,
  preprocessing: preprocessingSchema.parse({ num_words: null, maxlen: 12 }),
  training: trainingSchema.parse({ epochs: 2, batch_size: 16 }),
  engine: name,
  threads: 1,
};
const stored = { databasePath, dataset: datasetByName(db, 'small') };

async function run(job: Job): Promise<FromChild[]> {
  const messages: FromChild[] = [];
  await runJob(job, {
    control: new Control(),
    send: (message) => void messages.push(message),
    delivered: () => Promise.resolve(),
    engine: { engine: name, engineDetail: started.detail, threads: started.threads, versions: {} },
    peakBytes: () => 0,
    profiling: engine,
  });
  return messages;
}

async function round(): Promise<void> {
  const often = { reportEveryMs: 50, checkpointEveryMs: 100, profile: false };
  const train: TrainJob = { ...common, ...stored, ...often, kind: 'train', checkpoint: null };
  const epochs = (await run(train)).filter((message) => message.type === 'epoch');
  const checkpoint = epochs.at(-1)!.last;
  await run({ ...common, ...stored, kind: 'evaluate', split: 'test', checkpoint });
  const sequences = [Int32Array.of(3, 1, 4, 1, 5)];
  await run({ ...common, kind: 'predict', sequences, checkpoint });
  if (!engine.asynchronous)
    await run({ ...common, kind: 'flow', sequences, width: 1, labels: Float32Array.of(1), checkpoint });
}

for (;;) {
  await round();
  const { numTensors, numBytes } = memory();
  // With what it keeps to use again, which the backend alone knows.
  const gpu = (backend() as { bufferManager?: { numBytesAllocated: number } }).bufferManager
    ?.numBytesAllocated;
  process.stdout.write(`${JSON.stringify({ ...held(), tensors: numTensors, bytes: numBytes, gpu })}\n`);
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
}
