/** A thread of the engine: waits for runs and does their tasks. New kernels arrive as compiled modules on its port. */
import { receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads';
import { controlOf, NEXT, SLEEPERS, TASK_BITS, work, type Kernel } from './tasks.ts';

const { memory, port } = workerData as { memory: WebAssembly.Memory; port: MessagePort };
const block = controlOf(memory);
const control = block.integers;
const kernels: Kernel[] = [];

function kernelAt(index: number): Kernel {
  while (index >= kernels.length) {
    const received = receiveMessageOnPort(port) as
      { message: { module: WebAssembly.Module; names: string[] } } | undefined;
    if (!received) continue;
    const { exports } = new WebAssembly.Instance(received.message.module, { env: { memory } });
    kernels.push(...received.message.names.map((name) => exports[name] as Kernel));
  }
  return kernels[index]!;
}

/** Within a batch work comes back in less than a tenth of a millisecond: look for it a while before sleeping. */
const SPINS = 40_000;

for (let seen = Atomics.load(control, NEXT) >>> TASK_BITS; ;) {
  let next = Atomics.load(control, NEXT);
  for (let spin = 0; next >>> TASK_BITS === seen && spin < SPINS; spin++) next = Atomics.load(control, NEXT);
  if (next >>> TASK_BITS === seen) {
    Atomics.add(control, SLEEPERS, 1);
    Atomics.wait(control, NEXT, next);
    Atomics.sub(control, SLEEPERS, 1);
    continue;
  }
  seen = next >>> TASK_BITS;
  work(block, kernelAt);
}
