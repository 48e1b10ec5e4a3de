/** What a run had to say, line by line. */
import type { ReadableDb, WritableDb } from './database.ts';

export interface LogLine {
  at: number;
  level: string;
  message: string;
}

export function addLog(db: WritableDb, run: string, level: 'info' | 'warn' | 'error', message: string): void {
  db.prepare('INSERT INTO run_logs (run_id, at, level, message) VALUES (?, ?, ?, ?)').run(
    run,
    Date.now(),
    level,
    message,
  );
}

export function listLogs(db: ReadableDb, run: string): LogLine[] {
  return db
    .prepare<[string], LogLine>('SELECT at, level, message FROM run_logs WHERE run_id = ? ORDER BY id')
    .all(run);
}
