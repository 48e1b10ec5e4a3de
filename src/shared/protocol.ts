/**
 * Messages between main and a training child (one process per job, Node IPC with structured clone, so typed arrays
 * travel as binary). The child reads the data set from the workspace database itself, read-only; it writes nothing:
 * metrics and checkpoints go to main, which stores them and only then reports them.
 */
import type { LayerFlow } from './contract/analysis.ts';
import type { Device } from './engines.ts';
import type { ErrorValue } from './errors.ts';
import type { Preprocessing, TrainingConfig, EngineName } from './training.ts';
import type { ModelGraph } from './graph/graph.ts';
import type { Profile } from './profile.ts';
import type { Dataset, Split } from './data/dataset.ts';

/** What every job needs to build the model and prepare sequences. */
export interface JobBase {
  graph: ModelGraph;
  preprocessing: Preprocessing;
  training: TrainingConfig;
  engine: EngineName | 'auto';
  /** Null: as many as this machine has cores. */
  threads: number | null;
  /** The graphics adapter, by all or part of its name; null takes the first. */
  device?: string | null;
}

export interface TrainJob extends JobBase {
  kind: 'train';
  databasePath: string;
  dataset: Dataset;
  /** An encoded checkpoint to go on from; null starts anew. */
  checkpoint: Uint8Array | null;
  /** Batches between `batch` messages are thinned to about this many milliseconds. */
  reportEveryMs: number;
  checkpointEveryMs: number;
  /** Tell at the end where an epoch's time went. */
  profile: boolean;
}

export interface EvaluateJob extends JobBase {
  kind: 'evaluate';
  databasePath: string;
  dataset: Dataset;
  split: Split;
  checkpoint: Uint8Array;
}

export interface PredictJob extends JobBase {
  kind: 'predict';
  /** Ids as the model reads them (conventions already applied), or values `width` to a step; not yet padded. */
  sequences: (Int32Array | Float32Array)[];
  /** Not needed for ids. */
  width?: number;
  checkpoint: Uint8Array;
}

/** Looks into a trained model on a few examples: what its recurrent layers hold, and how the loss reaches back. */
export interface FlowJob extends JobBase {
  kind: 'flow';
  /** Ids as the model reads them, or values `width` to a step; not yet padded. */
  sequences: (Int32Array | Float32Array)[];
  width: number;
  /** One class number or value a sequence. */
  labels: Float32Array;
  checkpoint: Uint8Array;
}

export type Job = TrainJob | EvaluateJob | PredictJob | FlowJob;

export type ToChild =
  | { type: 'job'; job: Job }
  /** Say whether an engine works here and, where a model is given, train it on made-up data for so many seconds. */
  | {
      type: 'try';
      engine: EngineName;
      /** As in a job. */
      device: string | null;
      model: { graph: ModelGraph; training: TrainingConfig; seconds: number } | null;
    }
  /** Finish the batch, send a checkpoint, answer `paused` or `stopped`. */
  | { type: 'pause' }
  | { type: 'continue' }
  | { type: 'stop' };

/** Values by metric name: `loss`, `acc`, `val_loss`, `val_acc`, … */
export type Logs = Record<string, number>;

/**
 * In these messages epochs and batches count from 1: `epoch` is the one under way or just done, `batch` the batches done of
 * it. In `checkpoint` alone, as in the table, `epoch` is how many are complete and `batch` the batches done of the next.
 */
export type FromChild =
  | {
      type: 'ready';
      engine: EngineName;
      /** How the engine runs: `relaxed SIMD, 2 threads`. */
      engineDetail: string;
      threads: number;
      parameters: number;
      trainExamples: number;
      validationExamples: number;
      batchesPerEpoch: number;
      versions: Record<string, string>;
    }
  | {
      type: 'progress';
      epoch: number;
      batch: number;
      batches: number;
      logs: Logs;
      examplesPerSecond: number;
      phase: 'train' | 'validate';
    }
  /** Mean metrics of batches since the last such message, for the batch curves. */
  | { type: 'batch'; epoch: number; batch: number; logs: Logs }
  /** An epoch is complete. Main stores metrics and checkpoints in one transaction. */
  | {
      type: 'epoch';
      epoch: number;
      logs: Logs;
      seconds: number;
      learningRate: number;
      peakBytes: number;
      last: Uint8Array;
      /** Present when this epoch is the best so far by the monitored metric. */
      isBest: boolean;
    }
  /** Within an epoch, every `checkpointEveryMs`, and before pausing or stopping. */
  | { type: 'checkpoint'; last: Uint8Array; epoch: number; batch: number }
  | { type: 'log'; level: 'info' | 'warn' | 'error'; message: string }
  /** Before `done` or `stopped`, where a profile was asked for and an epoch is complete. */
  | ({ type: 'profile' } & Omit<Profile, 'storing'>)
  | { type: 'paused' }
  | { type: 'stopped' }
  | { type: 'done'; weightsSha256: string; epochs: number; stoppedEarly: boolean }
  | {
      type: 'evaluated';
      loss: number;
      acc: number | null;
      logs: Logs;
      examples: number;
      predictions: Float32Array;
      outputs: number;
    }
  | { type: 'predicted'; probabilities: Float32Array; outputs: number }
  /** While training, every so many batches: the norms of dLoss/dh_t and dLoss/dc_t at each step, the middle of a few examples. */
  | {
      type: 'gradient';
      epoch: number;
      batch: number;
      layers: Pick<LayerFlow, 'name' | 'cell' | 'norms' | 'cellNorms'>[];
    }
  | { type: 'flowed'; layers: LayerFlow[]; predictions: Float32Array; outputs: number }
  | {
      type: 'tried';
      available: boolean;
      detail: string;
      /** What it can compute on, where that is a choice. */
      devices: Device[];
      examplesPerSecond: number | null;
    }
  | { type: 'failed'; error: ErrorValue };
