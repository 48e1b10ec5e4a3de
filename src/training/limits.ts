/** What the machine and the engine allow, looked at before a run begins. */
import { UnrollError } from '../shared/errors.ts';
import { analyse } from '../shared/graph/analyse.ts';
import { estimate } from '../shared/graph/estimates.ts';
import type { FromChild, TrainJob } from '../shared/protocol.ts';

export interface Limits {
  engine: string;
  threads: number;
  /** The most the engine's memory can hold, where that is limited. */
  mostBytes: number | undefined;
  /** How many of so many bytes the engine can give, where that is only known by trying. */
  room?: ((bytes: number) => Promise<number>) | undefined;
}

const gibibytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;

/**
 * Says where fewer threads are used than were asked for.
 * @throws UnrollError `memory-too-small` where a batch cannot fit into the engine's memory
 */
export async function checkLimits(
  { graph, training, threads: asked }: TrainJob,
  { engine, threads, mostBytes = Infinity, room }: Limits,
  send: (message: FromChild) => void,
): Promise<void> {
  const { batch_size: batch, optimizer } = training;
  const { leastBytes } = estimate(analyse(graph), { batchSize: batch, optimizer });
  const most = leastBytes > mostBytes ? mostBytes : ((await room?.(leastBytes)) ?? leastBytes);
  if (leastBytes > most) {
    const sizes = { needed: gibibytes(leastBytes), most: gibibytes(most) };
    throw new UnrollError('memory-too-small', { model: graph.name, batch, engine, ...sizes });
  }
  if (asked !== null && asked > threads) {
    const message = `${asked} threads were asked for; the engine ${engine} uses ${threads} on this machine.`;
    send({ type: 'log', level: 'warn', message });
  }
}
