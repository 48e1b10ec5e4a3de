/**
 * The training child: a process that does jobs, one after the other, and ends with the process that started it.
 * Messages: shared/protocol.ts.
 */
import { isDeepStrictEqual } from 'node:util';
import { version_core } from '@tensorflow/tfjs-core';
import { UnrollError, toErrorValue } from '../shared/errors.ts';
import type { ErrorValue } from '../shared/errors.ts';
import type { FromChild, Job, ToChild } from '../shared/protocol.ts';
import { examplesPerSecond } from './benchmark.ts';
import { Control } from './control.ts';
import type { Engine } from './engines/engine.ts';
import { chooseEngine, probeEngine } from './engines/index.ts';
import { checkLimits } from './limits.ts';
import { peakBytes } from './peak-memory.ts';
import { runJob } from './jobs.ts';
import type { JobContext } from './jobs.ts';

interface Running {
  engine: Engine;
  /** What the job that started it asked for. */
  asked: Pick<Job, 'engine' | 'threads' | 'device'>;
  report: JobContext['engine'];
}

let running: Running | null = null;
let control = new Control();

let delivered = Promise.resolve();

function send(message: FromChild): void {
  delivered = new Promise((resolve) => process.send?.(message, () => resolve()));
}

/**
 * Training keeps to the engine it is given; what only reads a trained model takes another where that one is not here, with the
 * same numbers. What looks into a model's layers reads tensors at once: a few examples, which the machine's cores do quickly.
 */
async function engineThatCan(name: Job['engine'], kind: Job['kind']): Promise<Engine> {
  const isHere = kind === 'train' || name === 'auto' || (await probeEngine(name)).available;
  const engine = await chooseEngine(isHere ? name : 'auto');
  return kind === 'flow' && engine.asynchronous ? chooseEngine('auto') : engine;
}

/** The engine a job asks for; one that runs already is kept for the next job that asks for the same. */
async function engineFor({ kind, engine: name, threads, device = null }: Job): Promise<Running> {
  const asked = { engine: name, threads, device };
  const kept = running && isDeepStrictEqual(running.asked, asked) ? running : null;
  if (kept && !(kind === 'flow' && kept.engine.asynchronous)) return kept;
  await running?.engine.stop();
  running = null;
  const engine = await engineThatCan(name, kind);
  const started = await engine.start({ threads, device });
  const versions = { tfjs: version_core, node: process.versions.node };
  const report = { engine: engine.name, engineDetail: started.detail, threads: started.threads, versions };
  return (running = { engine, asked, report });
}

async function work(job: Job): Promise<void> {
  try {
    const { report, engine: profiling } = await engineFor(job);
    if (job.kind === 'train') await checkLimits(job, { ...profiling, ...report }, send);
    await runJob(job, { control, send, delivered: () => delivered, engine: report, peakBytes, profiling });
  } catch (error) {
    if (!(error instanceof UnrollError)) send({ type: 'log', level: 'error', message: stackOf(error) });
    // What a device did not survive, no later job on it would.
    if (running?.engine.asynchronous) await running.engine.stop().finally(() => (running = null));
    send({ type: 'failed', error: explained(error) });
  }
  control = new Control();
  unfinished--;
}

const stackOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);

/** An error in the catalogue's words; what JavaScript and WebAssembly throw where memory ends is `out-of-memory`. */
function explained(error: unknown): ErrorValue {
  const memory = error instanceof RangeError && /memory|allocation|array length|buffer/i.test(error.message);
  return memory ? new UnrollError('out-of-memory', { reason: error.message }).toValue() : toErrorValue(error);
}

async function tryOut({ engine: name, device, model }: Extract<ToChild, { type: 'try' }>): Promise<void> {
  try {
    const { devices = [], ...probe } = await probeEngine(name);
    if (!probe.available || !model)
      return send({ type: 'tried', ...probe, devices, examplesPerSecond: null });
    const engine = await chooseEngine(name);
    const { detail } = await engine.start({ threads: null, device });
    const { graph, training, seconds } = model;
    const speed = await examplesPerSecond(graph, training, seconds, engine);
    send({ type: 'tried', available: true, detail, devices, examplesPerSecond: speed });
  } catch (error) {
    send({ type: 'failed', error: explained(error) });
  }
}

let jobs = Promise.resolve();
let unfinished = 0;
process.on('message', (message: ToChild) => {
  if (message.type === 'job') {
    // At once, so that what is asked right behind a job reaches it, and what came too late for the last one does not.
    if (unfinished++ === 0) control = new Control();
    jobs = jobs.then(() => work(message.job));
  } else if (message.type === 'try') jobs = jobs.then(() => tryOut(message));
  else control[message.type]();
});
process.on('disconnect', () => process.exit());
