/**
 * A thread of its own for the HDF5 library: a file made to harm may bring it down or keep it busy for ever, and then only this
 * thread ends. Messages out: `ready` once, then an `Hdf5Answer` to each `Hdf5Request`.
 */
import { parentPort } from 'node:worker_threads';
import type { Hdf5Request } from './content.ts';
import { answer, ready } from './hdf5-library.ts';

/** A damaged file may announce any size, and the library asks for it; it is refused as where there is no more memory. */
const LEAST_MOST_BYTES = 2 ** 28;
/** Packed numbers take many times their room in the file. */
const BYTES_A_FILE_BYTE = 16;
const PAGE_BYTES = 2 ** 16;
let mostBytes = Infinity;

const { prototype } = WebAssembly.Memory;
const growMemory = Object.getOwnPropertyDescriptor(prototype, 'grow')!.value as (pages: number) => number;
prototype.grow = function (this: WebAssembly.Memory, pages: number): number {
  if (this.buffer.byteLength + pages * PAGE_BYTES > mostBytes) throw new RangeError('No more memory.');
  return growMemory.call(this, pages);
};

// Each object of a file has the time it was made; as in the files of h5py it says nothing, so that equal content is equal bytes.
Date.now = () => 0;

parentPort!.on('message', (request: Hdf5Request) => {
  mostBytes =
    request.kind === 'read' ? Math.max(LEAST_MOST_BYTES, BYTES_A_FILE_BYTE * request.bytes.length) : Infinity;
  parentPort!.postMessage(answer(request));
});
await ready;
parentPort!.postMessage('ready');
