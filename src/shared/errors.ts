/**
 * Every error a user can meet, in one catalogue: what happened and what to do about it.
 * A place that fails throws `new UnrollError('code', { value })`; the words live here and nowhere else. The window and the
 * command line show the same words, so they name no option and no button.
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

/** Ends a text with one full stop, whatever the last value in it ends with: messages and hints stand behind one another. */
function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text.replace(/([.!?])\.$/, '$1') : `${text}.`;
}

function entry(message: string, hint: string): Entry {
  return { message: words(message), hint: words(hint) };
}

const LIST_HINTS: Readonly<Record<string, string>> = {
  run: 'Check its name or id in the list of runs.',
  model: 'Check its name in the list of models.',
  data: 'Check its name in the list of data sets.',
};

export const ERRORS = {
  internal: entry(
    'Unroll failed unexpectedly: {reason}',
    'The log has the details. Try again; nothing saved was changed.',
  ),
  'input-invalid': entry('{what} is not valid: {reason}', 'Correct it and try again.'),
  'not-found': {
    message: ({ kind, name }) =>
      `There is no ${kind === 'data' ? 'data set' : show(kind)} named ${show(name)}.`,
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
  'too-busy': entry('Too much was asked for at once.', 'Wait until some of it is answered, then try again.'),
  cancelled: entry('{what} was cancelled.', 'Nothing was kept of it. Start it again when you want it.'),

  'file-missing': entry(
    'The file {path} does not exist or cannot be read.',
    'Check the path and the permissions.',
  ),
  'file-exists': entry('{path} is there already.', 'Choose another name, or have what is there replaced.'),
  'scored-into-itself': entry(
    '{path} is the file that is to be scored, so the answers cannot take its place.',
    'Choose another name for them.',
  ),
  'folder-of-others': entry(
    'The folder {path} holds {name}, which is no part of such an export, so it is not replaced.',
    'Choose another name, or remove the folder first.',
  ),
  'file-format-unknown': entry(
    '{path} is not a format Unroll reads.',
    'Give imdb.npz, aclImdb_v1.tar.gz or its folder, a CSV, TSV or JSONL file, or say which format it is.',
  ),
  'file-damaged': entry(
    '{path} is damaged or incomplete: {reason}',
    'Fetch the file again and import it anew; nothing of it was kept.',
  ),
  'file-malformed': entry('{path} cannot be read as it stands: {reason}', '{fix}'),
  'file-unsafe': entry(
    '{path} holds something Unroll will not run or unpack: {reason}',
    'Only use files from a source you trust: models and data need no programs, links or foreign paths in them.',
  ),
  'file-too-large': {
    message: words('{path} exceeds a limit: {reason}'),
    hint: ({ fix }) => (fix === undefined ? 'Split the file or shorten its entries.' : show(fix)),
  },
  'column-missing': entry(
    'No {role} column was found in {path}. Columns: {columns}',
    'Name the column that holds the {role}, or add it to the file: it needs a text column and a label column, or, for series of numbers, the columns id, step and label.',
  ),
  'text-column-missing': entry(
    '{what} in {path}. Columns: {columns}',
    'Name the column that holds the texts.',
  ),
  'column-unknown': entry('{path} has no column named {column}. Columns: {columns}', 'Name one of these.'),
  'series-column-missing': entry(
    '{path} has no {role} column. Columns: {columns}',
    'A table of series needs an id and a step column, columns of numbers, and to train on it a label column.',
  ),
  'imdb-missing': entry(
    'The IMDB reviews are neither in this workspace nor in the folder where Keras keeps them.',
    'Give the file imdb.npz or aclImdb_v1.tar.gz, or follow the lecture with generated reviews.',
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
  'split-impossible': entry(
    'A validation split of {share} leaves too few of {examples} training examples on one side.',
    'Use at least {least} examples, or another validation split.',
  ),
  'data-in-use': entry(
    'The data set {data} cannot be removed: the run {run} is {status} on it (process {pid}).',
    'Wait until the run has ended, or stop it first.',
  ),
  'data-of-numbers': entry(
    'The data set {data} holds sequences of numbers, so a run trained on it cannot judge {what}.',
    'Evaluate the run on the test split of its data instead.',
  ),
  'model-of-numbers': entry(
    '{name} reads series of numbers, so it cannot judge {what}.',
    'Give a table with the columns id and step and columns of numbers, or JSON lines with a list "values" each.',
  ),
  'data-without-words': entry(
    'The data set {data} holds ids whose words are not known, so a run trained on it cannot judge a text.',
    'Give ids (tokens) instead of a text, or import the data with its word index and train on that.',
  ),
  'text-empty': entry('The text is empty.', 'Type or pass at least one word.'),

  'model-invalid': entry('The model {name} cannot be built: {reason}', '{fix}'),
  'draft-changed': entry(
    'The model {name} was changed in another window meanwhile.',
    'Open it again to go on from there, or save yours under another name.',
  ),
  'model-unreadable': entry('{path} cannot be read as a model: {reason}.', '{fix}'),
  'model-data-mismatch': entry('The model {model} does not fit the data {data}: {reason}', '{fix}'),

  'model-untrained': entry(
    '{model} is a model without trained weights, so there is nothing to {action}.',
    'Train it on a data set first, then name that run.',
  ),
  'training-diverged': {
    message: (values) =>
      words(
        typeof values.layer === 'string'
          ? 'The {what} of the layer {layer} was no finite number at epoch {epoch}, batch {batch}.'
          : 'The loss became {value} at epoch {epoch}, batch {batch}.',
      )(values),
    hint: ({ learningRate, kept }) =>
      `Start a new run with a lower learning rate (it was ${show(learningRate)}) or with clipnorm. ` +
      (kept === true ? 'Its last checkpoint with finite weights is kept.' : 'It has no checkpoint yet.'),
  },
  'training-child-died': entry(
    'The training process ended unexpectedly ({reason}).',
    'Resume the run; it goes on from its last checkpoint.',
  ),
  'out-of-memory': entry(
    'Training ran out of memory ({reason}).',
    'Use a smaller batch size, shorter sequences or fewer units.',
  ),
  'memory-too-small': entry(
    'Training the model {model} takes {bound} {needed} for batches of {batch} examples; the engine {engine} has {most}.',
    '{fix}',
  ),
  'tensor-too-large': entry(
    'The model {model} needs {needed} in one piece for {tensor}; on this device the engine {engine} takes {most}.',
    '{fix}',
  ),
  'run-not-resumable': entry('The run {run} cannot be resumed: {reason}', '{fix}'),
  'run-busy': entry(
    'The run {run} belongs to another process (pid {pid}).',
    'Wait until it ends, or stop that process; its lease then expires.',
  ),
  'checkpoint-missing': entry(
    'The run {run} has no {which} checkpoint.',
    'A checkpoint is kept when an epoch is complete; let a run train for at least one.',
  ),
  'checkpoint-damaged': entry(
    'The {which} checkpoint of the run {run} is damaged (its SHA-256 differs).',
    'Use the other checkpoint, or train again.',
  ),
  'engine-unavailable': entry(
    'The engine {engine} cannot be used here: {reason}',
    'Choose another engine; the list of engines says which work here.',
  ),
  'device-unknown': entry(
    'The engine {engine} has no device called {device}; found: {found}.',
    'Choose one of those by all or part of its name, for the run or in the settings, or none for the first.',
  ),
  'device-lost': entry(
    'The device {device} was lost while it computed ({reason}).',
    'Resume the run; it goes on from its last checkpoint, on this engine or another.',
  ),
  'shader-failed': entry(
    'The device {device} cannot compute {shader}: {reason}',
    'Update its driver, or choose another engine; the list of engines says which work here.',
  ),
  'batch-too-large': entry(
    'A batch of this model is too large for {shader} on the device {device}: {reason}.',
    'Use a smaller batch size, shorter sequences or fewer units, or choose another engine.',
  ),

  'engine-not-installed': entry('The engine {engine} was not installed: {reason}', '{fix}'),

  'workspace-full': entry(
    'The disk holding the workspace {path} is full.',
    'Free some space; what was saved before is intact.',
  ),
  'workspace-read-only': entry(
    'The workspace {path} cannot be written.',
    'Check its permissions, or choose another workspace.',
  ),
  'workspace-newer': entry(
    'The workspace {path} was written by a newer Unroll (schema {found}, this one knows {known}).',
    'Open it with that version, or choose another workspace.',
  ),
  'workspace-damaged': entry(
    'The workspace {path} is not a usable database: {reason}',
    'Repair it, restore it from a backup, or choose another workspace.',
  ),
  'workspace-in-use': entry(
    'The run {run} is not finished, and the workspace {path} cannot be exchanged under it.',
    'Wait for it or stop it, then try again.',
  ),
  'workspace-busy': entry('Another process is writing to the workspace {path}.', 'Try again in a moment.'),
  'folder-missing': entry(
    'The folder {path} does not exist.',
    'Create it first, or choose a place that exists.',
  ),
  'request-refused': entry('The request was refused: {reason}', '{fix}'),
  'port-unavailable': entry(
    'The port {port} cannot be used: {reason}',
    'Choose another port, or none to take any that is free.',
  ),
  'path-not-writable': entry(
    '{path} cannot be written.',
    'Choose another place, or check the permissions of the folder.',
  ),
  'disk-full': entry(
    'The disk has no room for {path}.',
    'Free some space on it, or choose another place; nothing of it was kept.',
  ),
  'export-unsupported': entry(
    'The layer {layer} cannot be exported as {format}: {reason}',
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
    super(sentence(ERRORS[code].message(values)), options);
    this.name = 'UnrollError';
    this.code = code;
    this.hint = sentence(ERRORS[code].hint(values));
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
