/** The filter of a list of runs, the same on the screen and in the terminal. */
import { compileQuery, type CompiledQuery } from '../query/evaluate.ts';
import { parseQuery } from '../query/parse.ts';
import { unknownText } from '../query/unknown.ts';
import type { RunFields } from './fields.ts';
import type { RunRow } from './rows.ts';
import { textsOf } from './values.ts';

/** Why a filter finds nothing, where it asks for a text that no run has; null where it does not, or cannot be read. */
export function unknownInFilter(text: string, rows: readonly RunRow[], fields: RunFields): string | null {
  const read = parseQuery(text);
  if ('problem' in read || read.expression === null) return null;
  return unknownText(read.expression, (name) => textsOf(rows, fields.find(name)));
}

/** A filter as a test of runs, or what is wrong with it and where. An empty one matches every run. */
export function compileFilter(text: string, fields: RunFields): CompiledQuery<RunRow> {
  const read = parseQuery(text);
  return 'problem' in read ? read : compileQuery(read.expression, fields.source);
}
