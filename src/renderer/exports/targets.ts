/** What a run can be exported as, in the order of what most people want. */
import type { Input } from '../../shared/contract/index.ts';

export type ExportFormat = Input<'runs.export'>['format'];

export interface Target {
  format: ExportFormat;
  title: string;
  words: string;
  /** What its file ends in; empty for a folder. */
  ending: string;
  /** What the examples are good for where they go along; absent where they never do. */
  withData?: string;
}

const FOR_FITTING = 'With the examples of its data, to fit it there; IMDB the script fetches by itself';

export const TARGETS: readonly Target[] = [
  {
    format: 'bundle',
    title: 'Bundle',
    words: 'One zip of all below but the Unroll run, with vocabulary, model card and scoring examples.',
    ending: '.zip',
  },
  {
    format: 'keras',
    title: 'Keras',
    words: 'For Keras 3 in Python and keras3 in R, compiled.',
    ending: '.keras',
  },
  { format: 'onnx', title: 'ONNX', words: 'For ONNX Runtime anywhere, opset 17.', ending: '.onnx' },
  { format: 'tfjs', title: 'TensorFlow.js', words: 'A folder for the browser and Node.', ending: '' },
  {
    format: 'python',
    title: 'Python',
    words: 'A script with its weights and, where ticked, its data.',
    ending: '.py',
    withData: FOR_FITTING,
  },
  { format: 'r', title: 'R', words: 'The same for keras3.', ending: '.R', withData: FOR_FITTING },
  { format: 'h5', title: 'HDF5', words: "Keras's older form.", ending: '.h5' },
  {
    format: 'run',
    title: 'Unroll run',
    words: 'Everything about it, for another Unroll to open.',
    ending: '.unroll',
    withData: 'With the examples of its data, so that it can be evaluated and trained on there',
  },
];

/** A file name made of a run's: without what file systems refuse. */
export function fileName(run: string, { ending, format }: Target): string {
  const plain = run.replace(/[^\p{L}\p{N}. _()-]/gu, '_').replace(/^[. ]+|[. ]+$/g, '') || 'run';
  if (ending === '') return `${plain}-${format}`;
  // A script called random.py would be taken for Python's own module of that name by what it imports; R's is called alike.
  return `${format === 'python' || format === 'r' ? 'train_' : ''}${plain}${ending}`;
}

/** A folder and a name as one path, with the folder's own kind of separator. */
export function joinPath(folder: string, name: string): string {
  const separator = folder.includes('\\') && !folder.includes('/') ? '\\' : '/';
  return folder.endsWith(separator) ? `${folder}${name}` : `${folder}${separator}${name}`;
}

/** A path as its folder and the name in it. */
export function splitPath(path: string): { folder: string; name: string } {
  const at = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
  return { folder: path.slice(0, at) || path.slice(0, at + 1), name: path.slice(at + 1) };
}
