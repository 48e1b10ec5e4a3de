/** What this process holds, once what nobody needs any more is gone. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export interface Held {
  /** Bytes of the whole process. */
  rss: number;
  /** Bytes of JavaScript's objects. */
  heap: number;
  handles: number;
  /** What an engine knows of; `gpu` are its bytes on a graphics adapter. */
  tensors?: number;
  bytes?: number;
  gpu?: number;
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

export function held(): Held {
  collectGarbage();
  const { rss, heapUsed } = process.memoryUsage();
  return { rss, heap: heapUsed, handles: process.getActiveResourcesInfo().length };
}
