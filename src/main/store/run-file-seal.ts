/**
 * A run file ends in the SHA-256 of all before it, behind the database's last page, where SQLite does not read: other programs
 * open the file as ever. Files of older Unrolls have none.
 */
import { sha256 } from './dataset-content.ts';

/** "Unrl" as SQLite's `application_id`: this file has a seal, without which it was cut off. */
export const SEALED_ID = 0x556e726c;
const ID_AT = 68;
/** Pages have a power of two of bytes, no fewer than these. */
const SMALLEST_PAGE = 512;

const sealOf = (database: Uint8Array): Buffer => Buffer.from(`\nUnroll run, SHA-256 ${sha256(database)}\n`);
const SEAL_BYTES = sealOf(Buffer.alloc(0)).length;

/** @param database with `SEALED_ID` as its `application_id` */
export const sealed = (database: Uint8Array): Buffer => Buffer.concat([database, sealOf(database)]);

/** The database in a run file; null where any byte of the file has changed since it was sealed. */
export function unsealed(file: Buffer): Buffer | null {
  const database = file.subarray(0, -SEAL_BYTES);
  if (file.subarray(database.length).equals(sealOf(database))) return database;
  const isDatabase = file.length >= SMALLEST_PAGE && file.length % SMALLEST_PAGE === 0;
  return isDatabase && file.readUInt32BE(ID_AT) !== SEALED_ID ? file : null;
}
