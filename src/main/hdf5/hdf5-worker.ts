/**
 * A thread of its own for the HDF5 library: a file made to harm may bring it down or keep it busy for ever, and then only this
 * thread ends. Messages out: `ready` once, then an `Hdf5Answer` to each `Hdf5Request`.
 */
import { parentPort } from 'node:worker_threads';
import type { Hdf5Request } from './content.ts';
import { answer, ready } from './hdf5-library.ts';

parentPort!.on('message', (request: Hdf5Request) => parentPort!.postMessage(answer(request)));
await ready;
parentPort!.postMessage('ready');
