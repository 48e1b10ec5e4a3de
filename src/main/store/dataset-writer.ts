/**
 * Writes an imported data set piece by piece, each piece in its own short transaction, into a row nobody sees
 * (`removed_at` 0) until one last transaction publishes it. So memory holds one piece, the event loop waits for one
 * piece at most, other writers (a training run's metrics) get in between, and a cancel, a crash or a full disk leaves
 * nothing visible: what was staged is deleted at once, or after a crash by `discardUnfinished`. One transaction around
 * everything would need the whole data set in memory or hold the write lock for the length of an import.
 */
import { createHash, randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import type { Dataset, Example, Split } from '../../shared/data/dataset.ts';
import { bytesOf } from '../../shared/data/piece.ts';
import { UnrollError } from '../../shared/errors.ts';
import {
  letOthersRun,
  stopIfCancelled,
  type ImportContext,
  type ImportedData,
} from '../importers/importer.ts';
import { transaction, workspaceError, type WritableDb } from './database.ts';
import { sha256 } from './dataset-content.ts';
import { datasetById, findDataset } from './datasets.ts';

const EXAMPLES_A_PIECE = 2000;
/** A piece of long sequences is closed earlier: 16 MiB of values. */
const VALUES_A_PIECE = 1 << 22;
/** A writer touches its row with every piece; one untouched for so long belongs to a process that died. */
const STALE_AFTER_MS = 10 * 60_000;

const deflateAsync = promisify(deflate);
const pack = (strings: readonly string[]): Promise<Buffer> =>
  deflateAsync(JSON.stringify(strings), { level: 3 });

/**
 * Stores `data` under `name`.
 * @param data its examples are consumed; they tell of their progress themselves
 * @throws UnrollError `name-taken`, `cancelled`, `data-empty`, `workspace-full`, and whatever the examples throw; then
 *   nothing of it is kept
 */
export async function insertDataset(
  db: WritableDb,
  name: string,
  data: ImportedData,
  { signal }: Pick<ImportContext, 'signal'>,
): Promise<Dataset> {
  refuseTakenName(db, name);
  const writer = new DatasetWriter(db, name, data);
  try {
    for await (const example of data.examples) {
      if (!writer.add(example)) continue;
      await writer.flush(example.split);
      await letOthersRun();
      stopIfCancelled(signal, `The import of ${name}`);
    }
    await writer.finish();
    return datasetById(db, writer.id);
  } catch (error) {
    writer.discard();
    throw workspaceError(error, dirname(db.name));
  }
}

/** Deletes what a process that died left half-written; to be called when a workspace is opened. */
export function discardUnfinished(db: WritableDb, now = Date.now()): number {
  const sql = 'DELETE FROM datasets WHERE removed_at = 0 AND created_at < ?';
  return db.prepare(sql).run(now - STALE_AFTER_MS).changes;
}

function refuseTakenName(db: WritableDb, name: string): void {
  if (findDataset(db, name)) throw new UnrollError('name-taken', { kind: 'data set', name });
}

interface OpenPiece {
  examples: Example[];
  values: number;
  number: number;
}

class DatasetWriter {
  readonly id = randomUUID();
  readonly #db: WritableDb;
  readonly #name: string;
  readonly #data: ImportedData;
  readonly #open: Record<Split, OpenPiece> = {
    train: { examples: [], values: 0, number: 0 },
    test: { examples: [], values: 0, number: 0 },
  };
  readonly #counts: Record<Split, number> = { train: 0, test: 0 };
  readonly #hashes: Record<Split, string[]> = { train: [], test: [] };
  #longest = 0;
  #highestRank = 0;

  constructor(db: WritableDb, name: string, data: ImportedData) {
    this.#db = db;
    this.#name = name;
    this.#data = data;
    const { kind, width, task, classes, conventions, hasTexts, source } = data;
    db.prepare(
      `INSERT INTO datasets (id, name, kind, width, task, classes, conventions, vocabulary_size, has_texts,
         train_examples, test_examples, longest, hash, source, created_at, removed_at)
       VALUES (@id, @name, @kind, @width, @task, @classes, @conventions, 0, @hasTexts, 0, 0, 0, '', @source, @now, 0)`,
    ).run({
      ...{ id: this.id, name, kind, width, task, hasTexts: Number(hasTexts), now: Date.now() },
      classes: JSON.stringify(classes),
      conventions: conventions && JSON.stringify(conventions),
      source: JSON.stringify(source),
    });
  }

  /** Takes an example; true when the piece it went to is full and must be flushed. */
  add(example: Example): boolean {
    const piece = this.#open[example.split];
    piece.examples.push(example);
    piece.values += example.values.length;
    return piece.examples.length === EXAMPLES_A_PIECE || piece.values >= VALUES_A_PIECE;
  }

  async flush(split: Split): Promise<void> {
    const { examples, values, number } = this.#open[split];
    if (!examples.length) return;
    this.#open[split] = { examples: [], values: 0, number: number + 1 };
    this.#counts[split] += examples.length;
    const blobs = this.#blobsOf(examples, values);
    const texts = this.#data.hasTexts ? await pack(examples.map(({ text }) => text ?? '')) : null;
    this.#hashes[split].push(sha256(...blobs));
    transaction(this.#db, () => this.#writePiece(split, number, examples.length, blobs, texts));
  }

  /** Data, offsets and labels of a piece as they are stored. */
  #blobsOf(examples: readonly Example[], size: number): Uint8Array[] {
    const tokens = this.#data.kind === 'tokens';
    const values = tokens ? new Int32Array(size) : new Float32Array(size);
    const offsets = new Uint32Array(examples.length + 1);
    let at = 0;
    examples.forEach((example, index) => {
      values.set(example.values, at);
      at += example.values.length;
      const steps = example.values.length / this.#data.width;
      offsets[index + 1] = (offsets[index] as number) + steps;
      this.#longest = Math.max(this.#longest, steps);
    });
    if (tokens) for (const rank of values) this.#highestRank = Math.max(this.#highestRank, rank);
    return [values, offsets, Float32Array.from(examples, ({ label }) => label)].map(bytesOf);
  }

  #writePiece(
    split: Split,
    piece: number,
    examples: number,
    blobs: Uint8Array[],
    texts: Buffer | null,
  ): void {
    const key = [this.id, split, piece];
    this.#db
      .prepare(
        `INSERT INTO dataset_pieces (dataset_id, split, piece, examples, data, offsets, labels, sha256)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(...key, examples, ...blobs, this.#hashes[split].at(-1));
    if (texts) {
      const sql =
        'INSERT INTO dataset_texts (dataset_id, split, piece, texts, sha256) VALUES (?, ?, ?, ?, ?)';
      this.#db.prepare(sql).run(...key, texts, sha256(texts));
    }
    this.#db.prepare('UPDATE datasets SET created_at = ? WHERE id = ?').run(Date.now(), this.id);
  }

  /** Writes the rest and makes the data set visible. */
  async finish(): Promise<void> {
    await this.flush('train');
    await this.flush('test');
    if (!this.#counts.train) throw new UnrollError('data-empty', { what: this.#name, least: 1 });
    const words = this.#data.vocabulary.length ? await pack(this.#data.vocabulary) : null;
    transaction(this.#db, () => this.#publish(words));
  }

  #publish(words: Buffer | null): void {
    refuseTakenName(this.#db, this.#name);
    if (words) {
      const sql = 'INSERT INTO vocabularies (dataset_id, words, sha256) VALUES (?, ?, ?)';
      this.#db.prepare(sql).run(this.id, words, sha256(words));
    }
    const start = this.#data.conventions?.start_char == null ? 0 : 1;
    const hash = createHash('sha256').update(JSON.stringify([this.#hashes.train, this.#hashes.test]));
    this.#db
      .prepare(
        `UPDATE datasets SET removed_at = NULL, created_at = ?, vocabulary_size = ?, train_examples = ?,
           test_examples = ?, longest = ?, hash = ? WHERE id = ?`,
      )
      .run(
        Date.now(),
        Math.max(this.#data.vocabulary.length, this.#highestRank),
        this.#counts.train,
        this.#counts.test,
        this.#longest + start,
        hash.digest('hex'),
        this.id,
      );
  }

  discard(): void {
    try {
      this.#db.prepare('DELETE FROM datasets WHERE id = ? AND removed_at = 0').run(this.id);
    } catch {
      // On a full or broken disk the invisible rows stay, until `discardUnfinished` finds them.
    }
  }
}
