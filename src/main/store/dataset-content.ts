/** What a data set holds: pieces of its splits, texts where the source had them, words by rank. All verified when read. */
import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import { inflateSync } from 'node:zlib';
import type { Dataset, Piece, Split } from '../../shared/data/dataset.ts';
import { decodePiece, type PieceBytes } from '../../shared/data/piece.ts';
import { UnrollError } from '../../shared/errors.ts';
import type { ReadableDb } from './database.ts';

/** SHA-256 in hexadecimal over blobs laid behind one another. */
export function sha256(...blobs: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const blob of blobs) hash.update(blob);
  return hash.digest('hex');
}

function damaged(db: ReadableDb, what: string): UnrollError {
  return new UnrollError('workspace-damaged', {
    path: dirname(db.name),
    reason: `${what} differs from its SHA-256`,
  });
}

/** Where a piece lies in its split: it holds the examples from `start` to below `start + examples`. */
export interface PieceEntry {
  piece: number;
  start: number;
  examples: number;
}

/** The pieces of a split in order, without reading them. */
export function pieceEntries(db: ReadableDb, id: string, split: Split): PieceEntry[] {
  const sql = 'SELECT piece, examples FROM dataset_pieces WHERE dataset_id = ? AND split = ? ORDER BY piece';
  let start = 0;
  return db
    .prepare<[string, Split], Omit<PieceEntry, 'start'>>(sql)
    .all(id, split)
    .map((row) => {
      const entry = { ...row, start };
      start += row.examples;
      return entry;
    });
}

type PieceRow = PieceBytes & { kind: Dataset['kind']; sha256: string };

/** @throws UnrollError `workspace-damaged` */
export function readPiece(db: ReadableDb, id: string, split: Split, piece: number): Piece {
  const sql = `SELECT kind, data, offsets, labels, sha256 FROM dataset_pieces
    JOIN datasets ON datasets.id = dataset_id WHERE dataset_id = ? AND split = ? AND piece = ?`;
  const row = db.prepare<[string, Split, number], PieceRow>(sql).get(id, split, piece);
  const what = `piece ${piece} of the ${split} split of a data set`;
  if (!row || sha256(row.data, row.offsets, row.labels) !== row.sha256) throw damaged(db, what);
  return decodePiece(row, row.kind);
}

/** All pieces of a split in order; none when the split is empty. @throws UnrollError `workspace-damaged` */
export function readPieces(db: ReadableDb, id: string, split: Split): Piece[] {
  return pieceEntries(db, id, split).map(({ piece }) => readPiece(db, id, split, piece));
}

interface PackedRow {
  packed: Buffer;
  sha256: string;
}

function unpack(db: ReadableDb, row: PackedRow, what: string): string[] {
  if (sha256(row.packed) !== row.sha256) throw damaged(db, what);
  return JSON.parse(inflateSync(row.packed).toString('utf8')) as string[];
}

/** The texts of a piece's examples, in order; null when the source had none. @throws UnrollError `workspace-damaged` */
export function readTexts(db: ReadableDb, id: string, split: Split, piece: number): string[] | null {
  const sql =
    'SELECT texts AS packed, sha256 FROM dataset_texts WHERE dataset_id = ? AND split = ? AND piece = ?';
  const row = db.prepare<[string, Split, number], PackedRow>(sql).get(id, split, piece);
  return row ? unpack(db, row, `the texts of piece ${piece} of the ${split} split of a data set`) : null;
}

/** Words by rank (the first has rank 1); empty when the source had no words. @throws UnrollError `workspace-damaged` */
export function readVocabulary(db: ReadableDb, id: string): string[] {
  const sql = 'SELECT words AS packed, sha256 FROM vocabularies WHERE dataset_id = ?';
  const row = db.prepare<[string], PackedRow>(sql).get(id);
  return row ? unpack(db, row, 'the vocabulary of a data set') : [];
}
