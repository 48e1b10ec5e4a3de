/** What a checkpoint achieved on a split, with every single prediction, so that runs can be compared example by example. */
import type { Split } from '../../shared/data/dataset.ts';
import type { WhichCheckpoint } from './checkpoints.ts';
import type { ReadableDb, WritableDb } from './database.ts';
import { sha256 } from './dataset-content.ts';

export interface Evaluation {
  checkpoint: WhichCheckpoint;
  /** Of the checkpoint evaluated: an evaluation of other bytes is out of date. */
  checkpointSha256: string;
  split: Split;
  loss: number;
  acc: number | null;
  examples: number;
  outputs: number;
  /** `examples` x `outputs`. */
  predictions: Float32Array;
  /** In milliseconds since 1970. */
  at: number;
}

interface Row {
  which: WhichCheckpoint;
  checkpoint_sha256: string;
  split: Split;
  loss: number;
  acc: number | null;
  examples: number;
  outputs: number;
  predictions: Buffer;
  predictions_sha256: string | null;
  at: number;
}

export function saveEvaluation(db: WritableDb, run: string, evaluation: Evaluation): void {
  const { buffer, byteOffset, byteLength } = evaluation.predictions;
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  db.prepare(
    `INSERT OR REPLACE INTO evaluations
       (run_id, which, split, checkpoint_sha256, loss, acc, examples, outputs, predictions, predictions_sha256,
        at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    run,
    evaluation.checkpoint,
    evaluation.split,
    evaluation.checkpointSha256,
    evaluation.loss,
    evaluation.acc,
    evaluation.examples,
    evaluation.outputs,
    bytes,
    sha256(bytes),
    evaluation.at,
  );
}

/**
 * The evaluation of a checkpoint on a split.
 * @returns null when there is none, or when its predictions differ from their hash: it is then done again
 */
export function findEvaluation(
  db: ReadableDb,
  run: string,
  checkpoint: WhichCheckpoint,
  split: Split,
): Evaluation | null {
  const sql = 'SELECT * FROM evaluations WHERE run_id = ? AND which = ? AND split = ?';
  const row = db.prepare<[string, string, string], Row>(sql).get(run, checkpoint, split);
  if (!row || row.predictions_sha256 !== sha256(row.predictions)) return null;
  // Copied, since a float32 view needs an address that is a multiple of 4.
  const bytes = Uint8Array.from(row.predictions);
  return {
    checkpoint: row.which,
    checkpointSha256: row.checkpoint_sha256,
    split: row.split,
    loss: row.loss,
    acc: row.acc,
    examples: row.examples,
    outputs: row.outputs,
    predictions: new Float32Array(bytes.buffer),
    at: row.at,
  };
}
