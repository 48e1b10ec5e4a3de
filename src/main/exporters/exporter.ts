/** What every exporter is: it writes a trained run in one format, then reads it back with that format's own software. */
import type { EXPORT_FORMATS } from '../../shared/contract/runs.ts';
import type { NamedArray } from '../../shared/checkpoint.ts';
import type { Run } from '../../shared/contract/runs.ts';

export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** Examples to predict when verifying: padded ids, examples x maxlen, and what our own engine says to them. */
export interface Probe {
  inputs: Int32Array;
  examples: number;
  maxlen: number;
  /** examples x outputs. */
  expected: Float32Array;
}

export interface Trained {
  run: Run;
  /** Weights of the chosen checkpoint, under `layer/variable`, in Keras's order. */
  weights: readonly NamedArray[];
  /** Ids up to this are known to the model; null where it reads numbers. */
  probe: Probe | null;
}

export interface Exported {
  path: string;
  /** Whether the file was read back by other software and predicted the same. Code is not run, so never for code. */
  verified: boolean;
  /** The largest difference of any predicted number; null where nothing was predicted. */
  maxAbsDifference: number | null;
}

export interface Exporter {
  format: ExportFormat;
  /** Whether it writes weights, so that the run needs a checkpoint. */
  needsWeights: boolean;
  /** @throws UnrollError `export-unsupported`, `export-differs`; nothing is left at `path` then */
  write(trained: Trained, path: string): Promise<Exported>;
}
