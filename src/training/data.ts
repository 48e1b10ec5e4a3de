/**
 * The examples a job reads: pieces from the workspace database (opened read-only, hashes checked), prepared once, and
 * batches padded and gathered from them by index.
 */
import { createHash } from 'node:crypto';
import Database from 'better-sqlite3';
import { dirname } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { Dataset, Piece, Split } from '../shared/data/dataset.ts';
import { decodePiece } from '../shared/data/piece.ts';
import { prepareTokens, prepareValues, writePadded } from '../shared/data/preprocess.ts';
import type { Prepared, Sequence } from '../shared/data/preprocess.ts';
import { UnrollError } from '../shared/errors.ts';
import type { Preprocessing, TrainingConfig } from '../shared/training.ts';
import { trainingSplit, type TrainingSplit } from '../shared/training-split.ts';
import { gatherSequences, keepsSequences, type KeptSequences } from './ops/sequences.ts';

/** Of an id, and of a value. */
const BYTES = 4;

interface PieceRow {
  data: Uint8Array;
  offsets: Uint8Array;
  labels: Uint8Array;
  sha256: string;
}

/**
 * The pieces of a split, in order, one in memory at a time.
 * @throws UnrollError `workspace-damaged` where a piece differs from its hash or the database cannot be read
 */
function* readPieces(databasePath: string, dataset: Dataset, split: Split): Generator<Piece> {
  const path = dirname(databasePath);
  const damaged = (reason: string) => new UnrollError('workspace-damaged', { path, reason });
  let db: Database.Database;
  try {
    db = new Database(databasePath, { readonly: true, fileMustExist: true });
  } catch (error) {
    throw damaged(error instanceof Error ? error.message : String(error));
  }
  try {
    const sql =
      'SELECT data, offsets, labels, sha256 FROM dataset_pieces WHERE dataset_id = ? AND split = ? ORDER BY piece';
    for (const row of db.prepare<[string, string], PieceRow>(sql).iterate(dataset.id, split)) {
      const hash = createHash('sha256').update(row.data).update(row.offsets).update(row.labels).digest('hex');
      if (hash !== row.sha256) throw damaged(`a piece of the data ${dataset.name} differs from its SHA-256`);
      yield decodePiece(row, dataset.kind);
    }
  } finally {
    db.close();
  }
}

/** A whole split, prepared as the model reads it. @throws UnrollError `workspace-damaged`, `data-empty` */
export function readSplit(
  databasePath: string,
  dataset: Dataset,
  split: Split,
  preprocessing: Preprocessing,
): Examples {
  const pieces = readPieces(databasePath, dataset, split);
  const { kind, conventions, longest, width } = dataset;
  const prepared =
    kind === 'tokens' && conventions
      ? prepareTokens(pieces, preprocessing, conventions, longest)
      : prepareValues(pieces, preprocessing, width, longest);
  if (prepared.sequences.length === 0)
    throw new UnrollError('data-empty', { what: `The ${split} split of ${dataset.name}`, least: 1 });
  return new Examples(prepared, preprocessing.padding, kind === 'tokens' ? null : width);
}

/** Where training ends and validation begins. @throws UnrollError `data-empty` where nothing is left to train on */
export function splitForValidation(trainExamples: number, training: TrainingConfig): TrainingSplit {
  const split = trainingSplit({ trainExamples }, training);
  if (split.train === 0)
    throw new UnrollError('data-empty', { what: 'What validation_split leaves for training', least: 1 });
  return split;
}

/** Prepared examples: batches are gathered from them into one buffer, or by an engine that keeps them. */
export class Examples {
  readonly count: number;
  readonly labels: Float32Array;
  readonly #sequences: readonly Sequence[];
  readonly #padding: Preprocessing['padding'];
  readonly #shape: readonly number[];
  readonly #rowLength: number;
  readonly #dtype: 'int32' | 'float32';
  /** Numbers in all sequences. */
  readonly #size: number;
  #buffer: Int32Array | Float32Array = new Int32Array(0);
  /** What an engine has of them. */
  #kept: { by: tf.KernelBackend; sequences: KeptSequences } | null = null;
  /** The order that it has. */
  #order: { of: Uint32Array; tensor: tf.Tensor1D } | null = null;

  /** @param width numbers a step, or null for ids */
  constructor(
    { sequences, labels, maxlen }: Prepared,
    padding: Preprocessing['padding'],
    width: number | null,
  ) {
    this.count = sequences.length;
    this.labels = labels;
    this.#sequences = sequences;
    this.#padding = padding;
    this.#shape = width === null ? [maxlen] : [maxlen, width];
    this.#rowLength = maxlen * (width ?? 1);
    this.#dtype = width === null ? 'int32' : 'float32';
    this.#size = sequences.reduce((sum, { length }) => sum + length, 0);
  }

  /**
   * Inputs of the examples `order[from]` to below `order[to]`: (B, T) int32 or (B, T, D) float32. The tensor lives in a
   * buffer that the next call overwrites. An engine that keeps examples takes an order as it is when it first comes.
   */
  inputs(order: Uint32Array, from: number, to: number): tf.Tensor {
    if (keepsSequences(BYTES * this.#size)) return this.#gathered(order, from, to);
    const size = (to - from) * this.#rowLength;
    if (this.#buffer.length < size)
      this.#buffer = this.#dtype === 'int32' ? new Int32Array(size) : new Float32Array(size);
    for (let row = from; row < to; row++) {
      const sequence = this.#sequences[order[row]!]!;
      writePadded(this.#buffer, (row - from) * this.#rowLength, this.#rowLength, sequence, this.#padding);
    }
    return tf.tensor(this.#buffer.subarray(0, size), [to - from, ...this.#shape], this.#dtype);
  }

  #gathered(order: Uint32Array, from: number, to: number): tf.Tensor {
    const engine = tf.backend();
    if (this.#kept?.by !== engine) {
      // One that has ended has freed its own.
      this.#kept = { by: engine, sequences: this.#handedOver() };
      this.#order = null;
    }
    if (this.#order?.of !== order) {
      this.#order?.tensor.dispose();
      this.#order = { of: order, tensor: tf.keep(tf.tensor1d(Int32Array.from(order), 'int32')) };
    }
    const place = { from, rows: to - from, length: this.#rowLength, padding: this.#padding };
    const rows = gatherSequences(this.#kept.sequences, this.#order.tensor, place);
    const inputs = tf.reshape(rows, [to - from, ...this.#shape]);
    rows.dispose();
    return inputs;
  }

  /** All examples as the engine in force keeps them. */
  #handedOver(): KeptSequences {
    // No tensor of no numbers can be handed over.
    const size = Math.max(1, this.#size);
    const values = this.#dtype === 'int32' ? new Int32Array(size) : new Float32Array(size);
    const offsets = new Int32Array(this.count + 1);
    this.#sequences.forEach((sequence, example) => {
      values.set(sequence, offsets[example]);
      offsets[example + 1] = offsets[example]! + sequence.length;
    });
    return {
      values: tf.keep(tf.tensor1d(values, this.#dtype)),
      offsets: tf.keep(tf.tensor1d(offsets, 'int32')),
    };
  }

  /** Frees what an engine keeps of them. */
  dispose(): void {
    tf.dispose({ ...this.#kept?.sequences, ...(this.#order && { order: this.#order.tensor }) });
    this.#kept = this.#order = null;
  }

  /** Labels of the same examples, as numbers. */
  labelsOf(order: Uint32Array, from: number, to: number): Float32Array {
    const labels = new Float32Array(to - from);
    for (let i = 0; i < labels.length; i++) labels[i] = this.labels[order[from + i]!]!;
    return labels;
  }
}
