/** The two files that say what a Book LSTM is to Keras, in Python and in R. */
import { parse } from 'node:path';
import { BOOK_LSTM_PYTHON, BOOK_LSTM_R } from '../../../shared/graph/book-lstm-code.ts';
import type { ModelGraph } from '../../../shared/graph/graph.ts';
import type { ExportFile } from '../exporter.ts';

/** Their name beside `model.keras`. */
export const BOOK_LSTM_MODULE = 'model_book_lstm';

/** Whether a model has a Book LSTM, alone or in a Bidirectional. */
export const hasBookLstm = ({ nodes }: ModelGraph): boolean =>
  nodes.some(({ type, config }) => type === 'BookLSTM' || JSON.stringify(config).includes('"BookLSTM"'));

/** `my_run_book_lstm` for `my run.keras`: what Python can import. */
function moduleBeside(name: string): string {
  const stem = parse(name).name.replace(/\W/g, '_');
  return `${/^\d/.test(stem) ? '_' : ''}${stem}_book_lstm`;
}

/** @param name the model file they stand beside */
export function bookLstmFiles(graph: ModelGraph, name: string): ExportFile[] {
  if (!hasBookLstm(graph)) return [];
  const module = moduleBeside(name);
  const python = ['import keras', 'from keras import layers', '', '', BOOK_LSTM_PYTHON, ''].join('\n');
  const r = ['library(keras3)', '', BOOK_LSTM_R, ''].join('\n');
  return [
    { name: `${module}.py`, content: python },
    { name: `${module}.R`, content: r },
  ];
}
