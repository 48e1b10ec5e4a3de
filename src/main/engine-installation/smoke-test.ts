/** Tries a staged engine in a process of its own: a library that does not fit this machine may end the process that loads it. */
import { runsFromSources, unpackedPath } from '../package-root.ts';
import { UnrollError } from '../../shared/errors.ts';
import { lastLine, runProgram } from './program.ts';

/**
 * Loads the engine that lies below `engines`, and compares a layer's output and gradients with plain tensorflow.js.
 * @returns how it runs: `TensorFlow 2.21.0, 2 threads`
 * @throws UnrollError `engine-not-installed`
 */
export async function smokeTest(
  engines: string,
  nodePath: string | undefined,
  signal: AbortSignal,
): Promise<string> {
  const entry = runsFromSources
    ? ['src', 'training', 'engines', 'tensorflow', 'smoke-test.ts']
    : ['dist', 'training', 'tensorflow-smoke-test.js'];
  // NVIDIA's cards round products to ten bits unless they are told not to; here the numbers are compared.
  const env = { ...process.env, UNROLL_ENGINES: engines };
  const result = await runProgram(nodePath ?? process.execPath, [unpackedPath(...entry)], { env, signal });
  if (result.code === 0) return lastLine({ ...result, errors: '' });
  throw new UnrollError('engine-not-installed', {
    engine: 'tensorflow',
    reason: `it does not work on this machine (${lastLine(result)})`,
    fix: 'Nothing was changed. The engines simd and webgpu need no library.',
  });
}
