/** What the machine and the engine allow, looked at before a run begins. */
import { UnrollError } from '../shared/errors.ts';
import { analyse, type GraphAnalysis } from '../shared/graph/analyse.ts';
import { estimate } from '../shared/graph/estimates.ts';
import { sizeOf } from '../shared/layers/shapes.ts';
import type { FromChild, TrainJob } from '../shared/protocol.ts';
import { binarySize } from './binary-size.ts';
import type { Engine } from './engines/engine.ts';

export interface Limits extends Pick<Engine, 'mostBytes' | 'largestTensor' | 'room'> {
  engine: string;
  threads: number;
}

/**
 * Says where fewer threads are used than were asked for.
 * @throws UnrollError `memory-too-small` where a batch cannot fit into the engine's memory, `tensor-too-large` where one of its
 * tensors alone cannot
 */
export async function checkLimits(
  job: TrainJob,
  limits: Limits,
  send: (message: FromChild) => void,
): Promise<void> {
  const { engine, threads } = limits;
  const analysis = analyse(job.graph);
  await checkMemory(job, analysis, limits);
  checkTensors(job, analysis, limits);
  if (job.threads !== null && job.threads > threads) {
    const message = `${job.threads} threads were asked for; the engine ${engine} uses ${threads} on this machine.`;
    send({ type: 'log', level: 'warn', message });
  }
}

/** What to do where so many examples fit. */
const advice = (fitting: number): string =>
  fitting < 1
    ? 'Use shorter sequences or fewer units; not even a batch of one example fits.'
    : `Use a batch size of at most ${fitting}, shorter sequences or fewer units.`;

async function checkMemory(
  { graph, training }: TrainJob,
  analysis: GraphAnalysis,
  { engine, mostBytes = Infinity, room }: Limits,
): Promise<void> {
  const { batch_size: batch, optimizer } = training;
  // What only trying tells of is a graphics adapter's memory.
  const [bound, of] = room ? (['about', 'adapterBytes'] as const) : (['at least', 'leastBytes'] as const);
  const bytes = (batchSize: number): number => estimate(analysis, { batchSize, optimizer })[of];
  const needed = bytes(batch);
  const most = needed > mostBytes ? mostBytes : ((await room?.(needed)) ?? needed);
  if (needed <= most) return;
  const fitting = Math.floor((most - bytes(0)) / (bytes(1) - bytes(0)));
  const sizes = { bound, needed: binarySize(needed), most: binarySize(most) };
  throw new UnrollError('memory-too-small', {
    model: graph.name,
    batch,
    engine,
    ...sizes,
    fix: advice(fitting),
  });
}

/** The tensors that every engine makes whole: weights, and a batch of what each layer gives. */
function checkTensors(
  { graph, training: { batch_size: batch } }: TrainJob,
  { nodes }: GraphAnalysis,
  { engine, largestTensor }: Limits,
): void {
  const largest = largestTensor?.() ?? Infinity;
  const fail = (tensor: string, bytes: number, fix: string): never => {
    const sizes = { needed: binarySize(bytes), most: binarySize(largest) };
    throw new UnrollError('tensor-too-large', { model: graph.name, tensor, engine, ...sizes, fix });
  };
  for (const { definition, weights, shape } of nodes.values()) {
    for (const weight of weights) {
      const bytes = 4 * weight.shape.reduce((product, size) => product * size, 1);
      if (bytes > largest)
        fail(`the weight ${weight.name} of ${definition.title}`, bytes, 'Make that layer smaller.');
    }
    const each = shape ? 4 * sizeOf(shape) : 0;
    if (batch * each > largest)
      fail(
        `what ${definition.title} gives for ${batch} examples`,
        batch * each,
        advice(Math.floor(largest / each)),
      );
  }
}
