/** The filter of a list of runs, the same on the screen and in the terminal. */
import { compileQuery, type CompiledQuery } from '../query/evaluate.ts';
import { parseQuery } from '../query/parse.ts';
import type { RunFields } from './fields.ts';
import type { RunRow } from './rows.ts';

/** A filter as a test of runs, or what is wrong with it and where. An empty one matches every run. */
export function compileFilter(text: string, fields: RunFields): CompiledQuery<RunRow> {
  const read = parseQuery(text);
  return 'problem' in read ? read : compileQuery(read.expression, fields.source);
}
