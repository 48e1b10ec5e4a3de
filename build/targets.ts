/** What is built: one Vite build per target, each with the folders whose change makes it stale. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InlineConfig, Plugin } from 'vite';

export const root = join(import.meta.dirname, '..');

export interface Target {
  name: string;
  /** Folder below `dist/` that the build replaces as a whole. */
  folder: string;
  /** Files and folders the result depends on, besides the build's own. */
  inputs: readonly string[];
  /** Entries that exist, by output name. */
  entries(): Record<string, string>;
  config(entries: Record<string, string>): InlineConfig;
}

/** Modules a bundle cannot hold: native code, workers found by path, and what only Electron has. */
export const EXTERNAL = ['better-sqlite3', 'electron', 'h5wasm', 'pino', 'vite', 'webgpu'];

/** ONNX Runtime finds these beside the bundle that holds the rest of it. */
const ONNX_RUNTIME = ['ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm'];

function existing(entries: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(entries).filter(([, path]) => existsSync(join(root, path))));
}

/** Writes down which packages went into a bundle, as folders below the root, for the list of licences. */
function recordPackages(): Plugin {
  return {
    name: 'record-packages',
    generateBundle() {
      const folders = [...this.getModuleIds()].flatMap(
        (id) => /(node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1] ?? [],
      );
      const source = JSON.stringify([...new Set(folders)].sort(), null, 2);
      this.emitFile({ type: 'asset', fileName: 'packages.json', source });
    },
  };
}

/** A bundle for Node (or Electron's main process): packages included, so that it starts fast. */
function nodeBundle(entries: Record<string, string>, extension: 'js' | 'cjs' = 'js'): InlineConfig {
  return {
    root,
    configFile: false,
    publicDir: false,
    plugins: [recordPackages()],
    build: {
      ssr: true,
      target: 'node24',
      minify: false,
      sourcemap: true,
      reportCompressedSize: false,
      rolldownOptions: {
        input: entries,
        output: {
          format: extension === 'cjs' ? 'cjs' : 'es',
          entryFileNames: `[name].${extension}`,
          // Beside the entries: a module finds its worker by its own address.
          chunkFileNames: `[name].${extension}`,
        },
      },
    },
    ssr: { noExternal: true, external: EXTERNAL, target: 'node' },
  };
}

/** Puts files of packages beside a bundle, as they are. */
function packageFiles(folder: string, names: readonly string[]): Plugin {
  return {
    name: 'package-files',
    generateBundle() {
      for (const fileName of names)
        this.emitFile({ type: 'asset', fileName, source: readFileSync(join(root, folder, fileName)) });
    },
  };
}

export const targets: readonly Target[] = [
  {
    name: 'main',
    folder: 'main',
    inputs: ['src/main', 'src/shared'],
    entries: () => existing({ cli: 'src/main/shells/cli.ts' }),
    config: (entries) => nodeBundle(entries),
  },
  {
    name: 'training',
    folder: 'training',
    inputs: ['src/training', 'src/shared'],
    entries: () =>
      existing({
        child: 'src/training/child.ts',
        worker: 'src/training/engines/simd/worker.ts',
        'tensorflow-smoke-test': 'src/training/engines/tensorflow/smoke-test.ts',
      }),
    config: (entries) => nodeBundle(entries),
  },
  {
    name: 'reload',
    folder: 'reload',
    inputs: ['src/main/exporters', 'src/main/hdf5'],
    entries: () =>
      existing({
        tfjs: 'src/main/exporters/tfjs-reload.ts',
        onnx: 'src/main/exporters/onnx-reload.ts',
        hdf5: 'src/main/hdf5/hdf5-worker.ts',
      }),
    config: (entries) => ({
      ...nodeBundle(entries),
      plugins: [recordPackages(), packageFiles('node_modules/onnxruntime-web/dist', ONNX_RUNTIME)],
    }),
  },
  {
    name: 'electron',
    folder: 'electron',
    inputs: ['src/main', 'src/shared'],
    entries: () => existing({ main: 'src/main/shells/electron.ts' }),
    config: (entries) => nodeBundle(entries),
  },
  {
    name: 'preload',
    folder: 'preload',
    inputs: ['src/main/shells/preload.ts'],
    entries: () => existing({ preload: 'src/main/shells/preload.ts' }),
    // A sandboxed preload must be CommonJS.
    config: (entries) => nodeBundle(entries, 'cjs'),
  },
  {
    name: 'renderer',
    folder: 'renderer',
    inputs: ['src/renderer', 'src/shared', 'docs'],
    entries: () => existing({ index: 'src/renderer/index.html' }),
    config: () => ({
      configFile: join(root, 'src/renderer/vite.config.ts'),
      plugins: [recordPackages()],
      build: { reportCompressedSize: false },
    }),
  },
];
