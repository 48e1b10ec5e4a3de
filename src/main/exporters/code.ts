/** The run as a script for Keras: the model, how it was compiled, and how its sequences were prepared and fitted. */
import type { Run } from '../../shared/contract/runs.ts';
import { pythonCode, rCode } from '../../shared/graph/code.ts';
import type { Exporter, ExportFormat } from './exporter.ts';

function describe({ name, dataset, preprocessing, training }: Run): string[] {
  const words = preprocessing.num_words === null ? 'all words' : `word ids below ${preprocessing.num_words}`;
  return [
    `# The run ${JSON.stringify(name)} of Unroll: ${training.epochs} epochs on the data set ${JSON.stringify(dataset.name)} (${words}), seed ${training.seed}.`,
    '# x_train: sequences of ids (0 padding, 1 start, 2 unknown), y_train: labels.',
  ];
}

function fitPython({ preprocessing, training }: Run): string[] {
  const { maxlen, padding, truncating } = preprocessing;
  const { epochs, batch_size, validation_split, limit } = training;
  const part = limit === null ? '' : `[:${limit}]`;
  return [
    `x = keras.utils.pad_sequences(x_train${part}, maxlen=${maxlen ?? 'None'}, padding="${padding}", truncating="${truncating}")`,
    'history = model.fit(',
    `    x, y_train${part}, epochs=${epochs}, batch_size=${batch_size}, validation_split=${validation_split}`,
    ')',
  ];
}

function fitR({ preprocessing, training }: Run): string[] {
  const { maxlen, padding, truncating } = preprocessing;
  const { epochs, batch_size, validation_split, limit } = training;
  const part = limit === null ? '' : `[seq_len(${limit})]`;
  return [
    `x <- pad_sequences(x_train${part}, maxlen = ${maxlen ?? 'NULL'}, padding = "${padding}", truncating = "${truncating}")`,
    'history <- model |> fit(',
    `  x, y_train${part}, epochs = ${epochs}, batch_size = ${batch_size}, validation_split = ${validation_split}`,
    ')',
    'plot(history)',
  ];
}

function codeExporter(format: ExportFormat, ending: string, code: (run: Run) => string[]): Exporter {
  return {
    format,
    ending,
    files: ({ run }, name) =>
      Promise.resolve([{ name, content: `${[...describe(run), ...code(run)].join('\n')}\n` }]),
    check: () => Promise.resolve({ what: 'code is written, not run', outputs: null }),
  };
}

/** Puts a line behind another: the seed is set before the first weight is drawn. */
function insertAfter(code: string, line: string, added: string): string {
  return code.replace(`${line}\n`, `${line}\n\n${added}\n`);
}

export const pythonExporter = codeExporter('python', '.py', (run) => {
  const seed = `keras.utils.set_random_seed(${run.training.seed})`;
  return [
    insertAfter(pythonCode(run.graph, run.training), 'from keras import layers', seed),
    ...fitPython(run),
  ];
});

export const rExporter = codeExporter('r', '.R', (run) => {
  const seed = `set_random_seed(${run.training.seed})`;
  return [insertAfter(rCode(run.graph, run.training), 'library(keras3)', seed), ...fitR(run)];
});
