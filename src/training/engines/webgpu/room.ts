/** How much memory a graphics adapter can give: WebGPU tells of none how much it has. */
import type { OpenDevice } from './adapters.ts';

const PIECE_TRIED = 2 ** 28;

/**
 * How many of so many bytes a device can give: what it may take of the machine's own memory, else what it promises when asked for
 * it in pieces, given back at once. A driver that promises more than its card has is believed; what fails then fails in the
 * rehearsal before the first batch.
 */
export async function roomFor(
  bytes: number,
  { device, sharedBytes }: Pick<OpenDevice, 'device' | 'sharedBytes'>,
): Promise<number> {
  // Of the machine's memory every driver promises more than is there.
  if (sharedBytes !== null) return Math.min(bytes, sharedBytes);
  const size = Math.min(PIECE_TRIED, device.limits.maxBufferSize);
  const taken: GPUBuffer[] = [];
  let refused: GPUError | null = null;
  while (refused === null && taken.length * size < bytes) {
    device.pushErrorScope('out-of-memory');
    taken.push(device.createBuffer({ size, usage: GPUBufferUsage.STORAGE }));
    refused = await device.popErrorScope();
  }
  for (const buffer of taken) buffer.destroy();
  return Math.min(bytes, (taken.length - (refused ? 1 : 0)) * size);
}
