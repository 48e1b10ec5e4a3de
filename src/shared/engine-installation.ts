/**
 * What an installed engine's folder says of itself, in `installation.json`: written by main when everything else in the folder
 * is in place, read by the training child. The folder of all engines goes to the child as `UNROLL_ENGINES`.
 */
import { z } from 'zod';

export const INSTALLATION_FILE = 'installation.json';

/** The name under which the child hands its tensorflow.js to the installed packages, which bring none of their own. */
export const TFJS_SYMBOL = 'unroll.tensorflow.js';

/** Files of the folder `tensorflow`, from there. */
export const TENSORFLOW_FILES = {
  binding: 'tfjs_binding.node',
  packages: 'node_modules',
  /** What was taken out of the wheel, as it lies there. */
  wheel: 'wheel',
} as const;

export const tensorflowInstallationSchema = z.object({
  /** Of this layout. */
  format: z.literal(1),
  /** TensorFlow's version: `2.21.0`. */
  tensorflow: z.string(),
  /** Of @tensorflow/tfjs-node. */
  tfjsNode: z.string(),
  /** The Python whose TensorFlow is used; null where the library was fetched for Unroll. */
  python: z.string().nullable(),
  /** Whether NVIDIA's libraries were fetched with it. */
  gpu: z.boolean().default(false),
  /** The folder with TensorFlow's library: absolute for a Python's, else from here. */
  library: z.string(),
  installedAt: z.string(),
});
export type TensorflowInstallation = z.infer<typeof tensorflowInstallationSchema>;

/** The record in a file's text; null where it is none of this layout. */
export function parseInstallation(text: string): TensorflowInstallation | null {
  try {
    return tensorflowInstallationSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Bytes as npm, pip and disks count them: `17 KB`, `0.2 MB`, `572 MB`, `3.4 GB`. */
export function decimalSize(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  if (bytes < 1e5) return `${(bytes / 1e3).toFixed(0)} KB`;
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}

/** What an installation will fetch in all, and take on a disk with so much room. */
export function sizesOf(
  files: readonly { bytes: number }[],
  { needed, free }: { needed: number; free: number },
): string {
  const all = decimalSize(files.reduce((sum, { bytes }) => sum + bytes, 0));
  const count = `${files.length} ${files.length === 1 ? 'file' : 'files'}, ${all} in all`;
  return needed === 0
    ? count
    : `${count}; takes up to ${decimalSize(needed)} of the disk meanwhile, ${decimalSize(free)} are free`;
}
