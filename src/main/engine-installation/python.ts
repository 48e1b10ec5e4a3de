/** Finds TensorFlow's library in an existing Python environment, by where its files lie; nothing of it is run. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { UnrollError } from '../../shared/errors.ts';

const OLDEST = [2, 16] as const;

/** The names TensorFlow's libraries have on a system. */
export function libraryNames(platform: NodeJS.Platform): string[] {
  return platform === 'darwin'
    ? ['libtensorflow_cc.2.dylib', 'libtensorflow_framework.2.dylib']
    : ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];
}

const hasLibrary = (folder: string): boolean =>
  libraryNames(process.platform).every((name) => existsSync(join(folder, name)));

/** `site-packages` of an environment: `lib/python3.12/site-packages`, or Debian's `dist-packages`. */
function packageFolders(prefix: string): string[] {
  return ['lib', 'lib64'].flatMap((lib) => {
    const folder = join(prefix, lib);
    const pythons = existsSync(folder)
      ? readdirSync(folder).filter((name) => name.startsWith('python3'))
      : [];
    return pythons.flatMap((python) =>
      ['site-packages', 'dist-packages'].map((packages) => join(folder, python, packages)),
    );
  });
}

/**
 * @param path a Python environment's folder, its `python`, or the folder `tensorflow` itself
 * @throws UnrollError `engine-not-installed` where TensorFlow's library is not there
 */
export function findTensorflow(path: string): { library: string; version: string } {
  const given = resolve(path);
  // The prefix of `bin/python`, whatever that is a link to: an environment's packages are beside its own link.
  const prefix = /^python[\d.]*$/.test(basename(given)) ? dirname(dirname(given)) : given;
  const candidates = [given, ...packageFolders(prefix).map((folder) => join(folder, 'tensorflow'))];
  const library = candidates.find(hasLibrary);
  if (!library) throw unsuitable(`${path} has no TensorFlow with ${libraryNames(process.platform)[0]!}`);
  const version = versionOf(library);
  if (isOlder(version)) throw unsuitable(`the TensorFlow of ${path} is ${version}`);
  return { library, version };
}

const unsuitable = (reason: string): UnrollError =>
  new UnrollError('engine-not-installed', {
    engine: 'tensorflow',
    reason,
    fix: `Give an environment with TensorFlow ${OLDEST.join('.')} or later, or have TensorFlow fetched.`,
  });

/** Than the oldest that is known to work. */
function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
}

/** From the wheel's own record beside it: `tensorflow_cpu-2.21.0.dist-info`. */
function versionOf(library: string): string {
  const header = join(library, 'include/tensorflow/core/public/release_version.h');
  const numbers = existsSync(header)
    ? ['MAJOR', 'MINOR', 'PATCH'].map(
        (part) => new RegExp(`TF_${part}_VERSION\\s+(\\d+)`).exec(readFileSync(header, 'utf8'))?.[1],
      )
    : [];
  if (numbers.length === 3 && numbers.every(Boolean)) return numbers.join('.');
  const records = readdirSync(dirname(library));
  return (
    records.map((name) => /^tensorflow(?:_\w+)?-([\d.]+\w*)\.dist-info$/.exec(name)?.[1]).find(Boolean) ??
    'of unknown version'
  );
}
