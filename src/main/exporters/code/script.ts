/** What the scripts in Python and in R are made from. */
import type { Trained } from '../exporter.ts';

export interface ScriptFiles {
  weights: string;
  /** Words by rank; null where the data set has none. */
  vocabulary: string | null;
  /** The data to train on; null where Keras has them itself. */
  data: string | null;
}

/** Two lines on what the script is. */
export function headline({ run, checkpoint }: Trained): string[] {
  const { name, dataset, training } = run;
  const shown = (text: string) => JSON.stringify(text);
  return [
    `# The run ${shown(name)} of Unroll on the data set ${shown(dataset.name)}, seed ${training.seed}:`,
    `# its ${checkpoint.which} weights, after ${checkpoint.epoch} of ${training.epochs} epochs.`,
  ];
}

/** Puts a line behind another. */
export function insertAfter(code: string, line: string, added: string): string {
  return code.replace(`${line}\n`, `${line}\n${added}\n`);
}

/** Puts lines in front of the first that begins so. */
export function insertBefore(code: string, beginning: string, added: string): string {
  return code.replace(`\n${beginning}`, `\n${added}\n\n${beginning}`);
}
