/** A written export, loaded and predicted with by its own software in a process that has nothing of ours. */
import { fork } from 'node:child_process';
import { UnrollError } from '../../shared/errors.ts';
import { unpackedPath } from '../package-root.ts';
import type { CheckTools, Probe } from './exporter.ts';

/** What the process is sent. */
export interface ReloadRequest {
  path: string;
  inputs: Int32Array | Float32Array;
  /** examples x maxlen, and x width for numbers. */
  shape: number[];
}

const PATIENCE_MS = 5 * 60_000;

/**
 * @param entry the process's name below `dist/reload`
 * @throws UnrollError `internal` with its last words where it ends without an answer, `cancelled`
 */
export async function reload(
  entry: 'tfjs' | 'onnx',
  path: string,
  { inputs, examples, maxlen, width }: Probe,
  { signal, nodePath }: Pick<CheckTools, 'signal' | 'nodePath'>,
): Promise<Float32Array> {
  const child = fork(unpackedPath('dist', 'reload', `${entry}.js`), [], {
    execPath: nodePath ?? process.execPath,
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    timeout: PATIENCE_MS,
  });
  let complaint = '';
  child.stderr
    ?.setEncoding('utf8')
    .on('data', (text: string) => (complaint = (complaint + text).slice(-2000)));
  const { promise, resolve, reject } = Promise.withResolvers<Float32Array>();
  const cancel = () => reject(signal.reason as Error);
  signal.addEventListener('abort', cancel);
  child.once('message', (answer) => resolve(answer as Float32Array));
  child.once('error', reject);
  child.once('exit', () => {
    const reason = /^\w*Error: .*$/m.exec(complaint)?.[0] ?? 'the check of the exported model ended early.';
    reject(new UnrollError('internal', { reason }));
  });
  const shape = width === null ? [examples, maxlen] : [examples, maxlen, width];
  child.send({ path, inputs, shape } satisfies ReloadRequest);
  try {
    return await promise;
  } finally {
    signal.removeEventListener('abort', cancel);
    child.kill('SIGKILL');
  }
}
