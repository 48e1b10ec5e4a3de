/** What the scripts in Python and in R are made from. */
import { parse } from 'node:path';
import type { Trained } from '../exporter.ts';
import { isKerasImdb } from './data-file.ts';

export interface ScriptFiles {
  weights: string;
  /** Words by rank; null where the data set has none. */
  vocabulary: string | null;
  /** The data to train on; null where Keras has them itself. */
  data: string | null;
}

/** The files beside a script, whether or not they are written. @param name the script's own */
export function filesBeside(trained: Trained, name: string): ScriptFiles {
  const stem = parse(name).name;
  const hasWords = trained.vocabulary.length > 0 && trained.dataset.conventions !== null;
  return {
    weights: `${stem}.weights.h5`,
    vocabulary: hasWords ? `${stem}_vocabulary.json` : null,
    data: isKerasImdb(trained) ? null : `${stem}_data.npz`,
  };
}

/** What `--fit` does, and what it needs for that. */
export const fitUsage = ({ withData }: Trained, { data }: ScriptFiles): string =>
  `trains it anew with the run's settings${data === null || withData ? '' : `, given ${quoted(data)}`}`;

/** What a script says where its data are not beside it. */
export const dataMissing = (data: string, language: 'Python' | 'R'): string =>
  `${data} is missing, the examples to train on: Unroll writes it where the run is exported as ${language} with its data.`;

/** A name as both languages, and a comment in them, take it: in quotes, with nothing that ends a line. */
export const quoted = (name: string): string =>
  JSON.stringify(name).replace(/[\u007f-\u009f\u2028\u2029]/g, (sign) => {
    return `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });

/** A file's name on the command line shown in a comment: as it is where it needs no quotes. */
export const argument = (name: string): string => (/^[\w.-]+$/.test(name) ? name : quoted(name));

/** Two lines on what the script is. */
export function headline({ run, checkpoint }: Trained): string[] {
  const { name, dataset, training } = run;
  return [
    `# The run ${quoted(name)} of Unroll on the data set ${quoted(dataset.name)}, seed ${training.seed}:`,
    `# its ${checkpoint.which} weights, after ${checkpoint.epoch} of ${training.epochs} epochs.`,
  ];
}

/** Puts a line behind another. */
export function insertAfter(code: string, line: string, added: string): string {
  // A function, since what is added may hold signs that `replace` would take for its own.
  return code.replace(`${line}\n`, () => `${line}\n${added}\n`);
}

/** Puts lines in front of the first that begins so. */
export function insertBefore(code: string, beginning: string, added: string): string {
  return code.replace(`\n${beginning}`, () => `\n${added}\n\n${beginning}`);
}
