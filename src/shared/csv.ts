/** A table as comma-separated values that spreadsheets, R and pandas read (RFC 4180, UTF-8, a header row). */

type Cell = string | number | boolean | null | undefined;

/** A cell as it stands in a file: in quotation marks where it needs them. */
export function csvCell(cell: Cell): string {
  const text = cell === null || cell === undefined ? '' : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Numbers keep all their digits; what is missing is left empty. */
export function toCsv(rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
}
