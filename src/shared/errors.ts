/**
 * Every error a user can meet, in one catalogue: what happened and what to do about it.
 * A place that fails throws `new UnrollError('code', { value })`; the words live here and nowhere else.
 */
type Values = Readonly<Record<string, unknown>>;

interface Entry {
  /** What happened, with the value received. */
  message: (values: Values) => string;
  /** What the user can do about it. */
  hint: (values: Values) => string;
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Fills `{name}` in a template from the values given. */
function words(template: string): (values: Values) => string {
  return (values) => template.replace(/\{(\w+)\}/g, (_, name: string) => show(values[name] ?? '?'));
}

function entry(message: string, hint: string): Entry {
  return { message: words(message), hint: words(hint) };
}

const LIST_HINTS: Readonly<Record<string, string>> = {
  run: 'List what there is with: unroll runs list',
  model: 'List what there is with: unroll models list',
  data: 'List what there is with: unroll data list',
};

export const ERRORS = {
  internal: entry(
    'Unroll failed unexpectedly: {reason}',
    'The log has the details. Try again; nothing saved was changed.',
  ),
  'input-invalid': entry('{what} is not valid: {reason}', 'Correct it and try again.'),
  'not-found': {
    message: words('There is no {kind} named {name}.'),
    hint: ({ kind }) => LIST_HINTS[String(kind)] ?? 'It may have been removed meanwhile.',
  },
  'name-taken': entry(
    'A {kind} named {name} already exists.',
    'Choose another name, or remove the existing one first.',
  ),
  'connection-lost': entry(
    'The connection to Unroll was lost.',
    'It reconnects by itself when Unroll runs; then try again.',
  ),
  cancelled: entry('{what} was cancelled.', 'Nothing was kept of it. Start it again when you want it.'),

  'file-missing': entry(
    'The file {path} does not exist or cannot be read.',
    'Check the path and the permissions.',
  ),
  'file-format-unknown': entry(
    '{path} is not a format Unroll reads.',
    'Give imdb.npz, aclImdb_v1.tar.gz or its folder, a CSV, TSV or JSONL file, or say which with --format.',
  ),
  'file-damaged': entry(
    '{path} is damaged or incomplete: {reason}',
    'Fetch the file again and import it anew; nothing of it was kept.',
  ),
  'file-unsafe': entry(
    '{path} holds something Unroll will not run or unpack: {reason}',
    'Only use files from a source you trust; an original imdb.npz holds plain lists of numbers.',
  ),
  'file-too-large': entry('{path} exceeds a limit: {reason}', 'Split the file or shorten its entries.'),
  'column-missing': entry(
    'No {role} column was found in {path}. Columns: {columns}',
    'Name it with --{role}-column.',
  ),
  'labels-missing': entry(
    '{path} has rows without a label (first at line {line}).',
    'Fill in the labels or remove those rows.',
  ),
  'text-missing': entry(
    '{path} has an example without any text (first at {place}).',
    'Fill in the texts or remove those examples.',
  ),
  'labels-one-class': entry(
    '{path} has only one class: {label}.',
    'Training needs at least two classes; check the label column.',
  ),
  'data-empty': entry('{what} holds no examples.', 'Give data with at least {least} examples.'),
  'text-empty': entry('The text is empty.', 'Type or pass at least one word.'),

  'model-invalid': entry('The model {name} cannot be built: {reason}', '{fix}'),
  'model-data-mismatch': entry('The model {model} does not fit the data {data}: {reason}', '{fix}'),

  'training-diverged': entry(
    'The loss became {value} at epoch {epoch}, batch {batch}.',
    'Lower the learning rate (it was {learningRate}) or set clipnorm. The last good checkpoint is kept.',
  ),
  'training-child-died': entry(
    'The training process ended unexpectedly ({reason}).',
    'Resume the run; it goes on from its last checkpoint.',
  ),
  'out-of-memory': entry(
    'Training ran out of memory ({reason}).',
    'Use a smaller batch size, shorter sequences or fewer units.',
  ),
  'run-not-resumable': entry(
    'The run {run} cannot be resumed: {reason}',
    'Start a new run with the same settings.',
  ),
  'run-busy': entry(
    'The run {run} belongs to another process (pid {pid}).',
    'Wait until it ends, or stop that process; its lease then expires.',
  ),
  'checkpoint-missing': entry(
    'The run {run} has no {which} checkpoint.',
    'Train it for at least one epoch first.',
  ),
  'checkpoint-damaged': entry(
    'The {which} checkpoint of {run} is damaged (SHA-256 differs).',
    'Use the other checkpoint, or train again.',
  ),
  'engine-unavailable': entry(
    'The engine {engine} cannot be used here: {reason}',
    'Choose another with --engine; unroll engines lists them.',
  ),

  'workspace-full': entry(
    'The disk holding the workspace {path} is full.',
    'Free some space; what was saved before is intact.',
  ),
  'workspace-read-only': entry(
    'The workspace {path} cannot be written.',
    'Check its permissions, or choose another with --workspace.',
  ),
  'workspace-newer': entry(
    'The workspace {path} was written by a newer Unroll (schema {found}, this one knows {known}).',
    'Open it with that version, or choose another workspace with --workspace.',
  ),
  'workspace-damaged': entry(
    'The workspace {path} is not a usable database: {reason}',
    'Restore it from a backup, or choose another with --workspace.',
  ),
  'workspace-busy': entry('Another process is writing to the workspace {path}.', 'Try again in a moment.'),
  'path-not-writable': entry(
    '{path} cannot be written.',
    'Choose another place, or check the permissions of the folder.',
  ),
  'export-unsupported': entry(
    'The layer {layer} cannot be exported as {format}: {reason}.',
    'Choose another format, or change the layer.',
  ),
  'export-differs': entry(
    'The {format} export was not kept: read back, it predicts differently (by {difference}).',
    'A layer is computed differently there; choose another format.',
  ),
  'format-unavailable': entry(
    'Export as {format} is not part of this version.',
    'Available formats: {formats}.',
  ),
} as const satisfies Record<string, Entry>;

export type ErrorCode = keyof typeof ERRORS;

/** An error as a value: crosses processes, is stored with runs and printed by every shell. */
export interface ErrorValue {
  code: ErrorCode;
  message: string;
  hint: string;
}

export class UnrollError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;

  constructor(code: ErrorCode, values: Values = {}, options?: ErrorOptions) {
    super(ERRORS[code].message(values), options);
    this.name = 'UnrollError';
    this.code = code;
    this.hint = ERRORS[code].hint(values);
  }

  toValue(): ErrorValue {
    return { code: this.code, message: this.message, hint: this.hint };
  }

  /** The error again on the other side of a process boundary. */
  static fromValue(value: ErrorValue): UnrollError {
    const error = new UnrollError(value.code);
    error.message = value.message;
    return Object.assign(error, { hint: value.hint });
  }
}

/** Any thrown thing as an error value; an unexpected one becomes `internal` with its message. */
export function toErrorValue(error: unknown): ErrorValue {
  if (error instanceof UnrollError) return error.toValue();
  const reason = error instanceof Error ? error.message : String(error);
  return new UnrollError('internal', { reason }).toValue();
}
