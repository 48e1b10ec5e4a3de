/** Builds the small native module between Node and TensorFlow's library, from its sources in @tensorflow/tfjs-node. */
import { join } from 'node:path';
import { UnrollError } from '../../shared/errors.ts';
import { NOT_FOUND, lastLine, runProgram } from './program.ts';
import { libraryNames } from './python.ts';

export interface BindingParts {
  /** The unpacked @tensorflow/tfjs-node. */
  sources: string;
  /** The unpacked node-api-headers. */
  nodeHeaders: string;
  /** The folder with TensorFlow's library and its `include`. */
  library: string;
  /** Where the library will lie seen from the module: `$ORIGIN/…`, or an absolute folder. */
  runPath: string;
  target: string;
}

const SOURCES = ['binding/tfjs_backend.cc', 'binding/tfjs_binding.cc'];

/** @throws UnrollError `engine-not-installed` where there is no compiler, or it fails */
export async function buildBinding(parts: BindingParts, signal: AbortSignal): Promise<void> {
  const { sources, nodeHeaders, library, runPath, target } = parts;
  const isMac = process.platform === 'darwin';
  const compiler = process.env.CXX || (isMac ? 'clang++' : 'g++');
  const includes = [join(nodeHeaders, 'include'), join(library, 'include'), sources];
  const result = await runProgram(
    compiler,
    [
      ...['-std=c++17', '-O2', '-fPIC', '-shared', '-DNAPI_VERSION=8'],
      ...includes.map((folder) => `-I${folder}`),
      ...SOURCES.map((source) => join(sources, source)),
      ...libraryNames(process.platform).map((name) => join(library, name)),
      `-Wl,-rpath,${runPath}`,
      ...(isMac ? ['-undefined', 'dynamic_lookup'] : []),
      ...['-o', target],
    ],
    { signal },
  );
  if (result.code === 0) return;
  const missing = result.code === NOT_FOUND;
  throw new UnrollError('engine-not-installed', {
    engine: 'tensorflow',
    reason: missing
      ? `building its native module takes the C++ compiler ${compiler}, which is not here`
      : `${compiler} could not build its native module (${lastLine(result)})`,
    fix: isMac
      ? 'Install the command line developer tools, then install the engine again.'
      : 'Install g++ (on Debian and Ubuntu the package g++), then install the engine again.',
  });
}
