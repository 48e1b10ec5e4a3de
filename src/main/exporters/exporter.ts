/** What every exporter is: it gives a trained run as files of one format, and reads them back with other software's eyes. */
import type { Checkpoint, NamedArray } from '../../shared/checkpoint.ts';
import type { EXPORT_FORMATS, Run } from '../../shared/contract/runs.ts';
import type { Dataset, Piece, Split } from '../../shared/data/dataset.ts';
import type { ModelGraph } from '../../shared/graph/graph.ts';
import type { Logs } from '../../shared/protocol.ts';

export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** What of a checkpoint a compiled model holds. */
export type TrainedState = Pick<Checkpoint, 'position' | 'weights' | 'slots'>;

/** Examples to predict when verifying, and what our own engine says to them. */
export interface Probe {
  /** Padded: examples x maxlen ids, or examples x maxlen x width numbers. */
  inputs: Int32Array | Float32Array;
  examples: number;
  maxlen: number;
  /** Numbers a step; null for ids. */
  width: number | null;
  /** examples x outputs. */
  expected: Float32Array;
}

export interface Trained {
  run: Run;
  /** Which checkpoint it is, and how many epochs it holds. */
  checkpoint: { which: 'last' | 'best'; epoch: number };
  /** What that epoch measured; null where early stopping has put other weights back since. */
  logs: Logs | null;
  /** Weights in the graph's order under `layer/variable`, in Keras's forms. */
  state: TrainedState;
  dataset: Dataset;
  /** Words by rank; empty where the data set has none. */
  vocabulary: readonly string[];
  /** The examples of a split, as they are stored. */
  pieces: (split: Split) => Piece[];
  /** Whether the examples go along, in a run file or beside a script. */
  withData: boolean;
  /** The run as a file for another Unroll. */
  runFile: () => Uint8Array;
  /** Steps of every sequence. */
  maxlen: number;
  /** Metrics on the test split, where it was evaluated; null where not. */
  evaluation: { loss: number; acc: number | null; examples: number } | null;
  /** Null where the data has no examples left. */
  probe: Probe | null;
}

export interface ExportFile {
  name: string;
  content: Uint8Array | string;
}

/** What checking an export may ask for. */
export interface CheckTools {
  signal: AbortSignal;
  /** The Node that runs processes of their own, where it is not this process's. */
  nodePath: string | undefined;
  /** Predictions of a model that was read back, in a process of its own. */
  predict(graph: ModelGraph, weights: readonly NamedArray[], probe: Probe): Promise<Float32Array>;
}

/** How a written export was looked at: what was done, and what it predicted; null where nothing was predicted. */
export interface Check {
  what: string;
  outputs: Float32Array | null;
}

export interface Exporter {
  format: ExportFormat;
  /** What its path usually ends in; empty for a folder of files. */
  ending: string;
  /** Of a folder: whether an export of this format, by whomever, holds a file of this name. */
  ownsFile?: (name: string) => boolean;
  /**
   * The files, the main one first. A folder's are named as they are in it; the others begin with the main one's name.
   * @param name the main file's name
   * @throws UnrollError `export-unsupported`
   */
  files(trained: Trained, name: string): Promise<ExportFile[]>;
  /** Reads the files back from the folder they lie in. @throws UnrollError where they cannot be read */
  check(folder: string, files: readonly ExportFile[], trained: Trained, tools: CheckTools): Promise<Check>;
}
