/** How the answers to a file's rows are written: a table, or one JSON object a line, each with whatever the row came with. */
import { csvCell } from '../../shared/csv.ts';
import type { ScoringRow } from './rows.ts';
import type { Scorer } from './scorer.ts';

export interface AnswerWriter {
  /** What the answers are called. */
  names: string[];
  /** Whether that is with a number behind it, since the file has the usual name itself. */
  renamed: boolean;
  /** What stands before the first row. */
  head: string;
  /** @param probabilities null for a row with nothing to score, which has a row all the same */
  row(row: ScoringRow, probabilities: readonly number[] | null): string;
}

/**
 * @param begin the first rows: they say which names are taken, and what a table's columns are
 * @param outputs numbers an answer
 */
export function answerWriter(
  out: string,
  { classes }: Scorer,
  begin: readonly ScoringRow[],
  outputs: number,
): AnswerWriter {
  const taken = new Set(begin.flatMap((row) => Object.keys(ownOf(row))));
  const isTable = out.toLowerCase().endsWith('.csv');
  const each = Array.from({ length: outputs }, (_, i) => `probability_${classes[i] ?? i}`);
  const usual = outputs === 1 ? ['probability'] : isTable ? each : ['probabilities'];
  const names = usual.map((name) => freeName(name, taken));
  const renamed = names.some((name, i) => name !== usual[i]);
  const columns = Object.keys(ownOf(begin[0]!));
  return { names, renamed, ...(isTable ? tableWriter(columns, names) : objectWriter(names[0]!, outputs)) };
}

function freeName(name: string, taken: Set<string>): string {
  let free = name;
  for (let number = 2; taken.has(free); number++) free = `${name}_${number}`;
  taken.add(free);
  return free;
}

const ownOf = ({ content, fields }: ScoringRow): Record<string, unknown> =>
  Object.keys(fields).length === 0 && typeof content !== 'object' ? { text: content } : fields;

type Form = Pick<AnswerWriter, 'head' | 'row'>;

function objectWriter(name: string, outputs: number): Form {
  return {
    head: '',
    row(row, probabilities) {
      const answer = outputs === 1 ? (probabilities?.[0] ?? null) : probabilities;
      return `${JSON.stringify({ ...ownOf(row), [name]: answer })}\n`;
    },
  };
}

const cell = (value: unknown): string =>
  csvCell(typeof value === 'string' ? value : JSON.stringify(value ?? ''));

function tableWriter(columns: readonly string[], names: readonly string[]): Form {
  const line = (cells: readonly unknown[]) => `${cells.map(cell).join(',')}\n`;
  return {
    head: line([...columns, ...names]),
    row(row, probabilities) {
      const own = ownOf(row);
      return line([...columns.map((name) => own[name]), ...(probabilities ?? names.map(() => ''))]);
    },
  };
}
