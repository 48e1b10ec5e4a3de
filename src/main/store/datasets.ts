/**
 * Data sets: finding and removing them. Their content never changes once written (dataset-writer.ts writes it,
 * dataset-content.ts reads it). `removed_at` is null for a data set in use, the time for one in the bin, and 0 while it
 * is still being written, so that a half-written one is neither seen nor restored.
 */
import { datasetSchema, type Dataset } from '../../shared/data/dataset.ts';
import { UnrollError } from '../../shared/errors.ts';
import { transaction, type ReadableDb, type WritableDb } from './database.ts';
import { renameDataInViews } from './settings.ts';

interface Row {
  classes: string;
  conventions: string | null;
  hasTexts: number;
  source: string;
}

const COLUMNS = `id, name, kind, width, task, classes, conventions, vocabulary_size AS vocabularySize,
  has_texts AS hasTexts, train_examples AS trainExamples, test_examples AS testExamples, longest, hash, source,
  created_at AS createdAt`;

function fromRow(row: Row): Dataset {
  return datasetSchema.parse({
    ...row,
    classes: JSON.parse(row.classes),
    conventions: row.conventions === null ? null : JSON.parse(row.conventions),
    hasTexts: row.hasTexts === 1,
    source: JSON.parse(row.source),
  });
}

/** The data sets in use, newest first. */
export function listDatasets(db: ReadableDb): Dataset[] {
  const sql = `SELECT ${COLUMNS} FROM datasets WHERE removed_at IS NULL ORDER BY created_at DESC, id`;
  return db.prepare<[], Row>(sql).all().map(fromRow);
}

export function findDataset(db: ReadableDb, name: string): Dataset | null {
  const sql = `SELECT ${COLUMNS} FROM datasets WHERE name = ? AND removed_at IS NULL`;
  const row = db.prepare<[string], Row>(sql).get(name);
  return row ? fromRow(row) : null;
}

/** @throws UnrollError `not-found` */
export function datasetByName(db: ReadableDb, name: string): Dataset {
  const found = findDataset(db, name);
  if (!found) throw new UnrollError('not-found', { kind: 'data', name });
  return found;
}

/** The data set of a run, also when it lies in the bin. @throws UnrollError `not-found` */
export function datasetById(db: ReadableDb, id: string): Dataset {
  const sql = `SELECT ${COLUMNS} FROM datasets WHERE id = ? AND removed_at IS NOT 0`;
  const row = db.prepare<[string], Row>(sql).get(id);
  if (!row) throw new UnrollError('not-found', { kind: 'data', name: id });
  return fromRow(row);
}

/** Gives a data set another name; runs and saved views go on to name it. @throws UnrollError `not-found`, `name-taken` */
export function renameDataset(db: WritableDb, name: string, to: string): Dataset {
  return transaction(db, () => {
    const { id } = datasetByName(db, name);
    if (name !== to && findDataset(db, to))
      throw new UnrollError('name-taken', { kind: 'data set', name: to });
    db.prepare('UPDATE datasets SET name = ? WHERE id = ?').run(to, id);
    renameDataInViews(db, name, to);
    return datasetByName(db, to);
  });
}

/** Puts a data set in the bin, where runs that used it still find it. @throws UnrollError `not-found` */
export function removeDataset(db: WritableDb, name: string): void {
  const sql = 'UPDATE datasets SET removed_at = ? WHERE name = ? AND removed_at IS NULL';
  if (!db.prepare(sql).run(Date.now(), name).changes)
    throw new UnrollError('not-found', { kind: 'data', name });
}

/** Takes a data set out of the bin. @throws UnrollError `not-found`; `name-taken` when another has its name by now */
export function restoreDataset(db: WritableDb, id: string): void {
  transaction(db, () => {
    const { name } = datasetById(db, id);
    const other = findDataset(db, name);
    if (other && other.id !== id) throw new UnrollError('name-taken', { kind: 'data set', name });
    db.prepare('UPDATE datasets SET removed_at = NULL WHERE id = ?').run(id);
  });
}

/** Deletes for good what went into the bin before `before` (milliseconds since 1970), except what a run was trained on. */
export function purgeRemoved(db: WritableDb, before: number): number {
  const sql = `DELETE FROM datasets WHERE removed_at > 0 AND removed_at < ?
    AND NOT EXISTS (SELECT 1 FROM runs WHERE dataset_id = datasets.id)`;
  return db.prepare(sql).run(before).changes;
}
