/** The run as an R script for keras3: data, model, weights, how it was compiled and fitted, and how to score with it. */
import { rCode } from '../../../shared/graph/code.ts';
import { rLiteral } from '../../../shared/layers/calls.ts';
import type { Trained } from '../exporter.ts';
import {
  argument,
  dataMissing,
  fitUsage,
  headline,
  insertAfter,
  insertBefore,
  quoted,
  type ScriptFiles,
} from './script.ts';
import { R_WORDS } from './words.ts';

const file = (name: string): string => `file.path(here, ${quoted(name)})`;

function model({ run }: Trained, { weights }: ScriptFiles): string {
  const start = [
    '',
    `set_random_seed(${run.training.seed}L)`,
    'here <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))',
    // Rscript writes spaces in paths so.
    'here <- if (length(here) == 1) dirname(gsub("~+~", " ", here, fixed = TRUE)) else "."',
    'given <- commandArgs(trailingOnly = TRUE)',
    'fit_it <- "--fit" %in% given',
  ].join('\n');
  const load = `if (!fit_it) load_model_weights(model, ${file(weights)})`;
  return insertBefore(
    insertAfter(rCode(run.graph, run.training), 'library(keras3)', start),
    'model |> compile(',
    load,
  );
}

function data({ run, dataset }: Trained, { data: name }: ScriptFiles): string[] {
  if (name === null) {
    const words = run.preprocessing.num_words;
    return [
      '# The IMDB reviews as sequences of ids with their labels: training split and test split.',
      `load_data <- function() dataset_imdb(num_words = ${words === null ? 'NULL' : `${words}L`})`,
    ];
  }
  const width = dataset.kind === 'tokens' ? 1 : dataset.width;
  const taken = width === 1 ? 'values[from:to]' : `matrix(values[from:to], ncol = ${width}, byrow = TRUE)`;
  return [
    '# Sequences with their labels: training split and test split.',
    'load_data <- function() {',
    `  path <- ${file(name)}`,
    `  if (!file.exists(path)) stop(${quoted(dataMissing(name, 'R'))}, call. = FALSE)`,
    '  arrays <- reticulate::import("numpy")$load(path)',
    '  split <- function(name) {',
    '    values <- as.vector(arrays$get(paste0(name, "_values")))',
    '    offsets <- as.vector(arrays$get(paste0(name, "_offsets")))',
    `    take <- function(from, to) ${taken}`,
    '    list(',
    '      x = Map(take, head(offsets, -1) + 1, tail(offsets, -1)),',
    '      y = as.vector(arrays$get(paste0(name, "_labels")))',
    '    )',
    '  }',
    '  list(train = split("train"), test = split("test"))',
    '}',
  ];
}

function prepare({ dataset, maxlen, run: { preprocessing } }: Trained): string[] {
  const { padding, truncating } = preprocessing;
  const type = dataset.kind === 'tokens' ? '' : ', dtype = "float32"';
  return [
    `# Cuts and pads every sequence to ${maxlen} steps.`,
    'prepare <- function(sequences) {',
    `  pad_sequences(sequences, maxlen = ${maxlen}L, padding = "${padding}", truncating = "${truncating}"${type})`,
    '}',
  ];
}

function encode({ dataset, run }: Trained, { vocabulary }: ScriptFiles): string[] {
  const { conventions } = dataset;
  if (vocabulary === null || !conventions) return [];
  const { start_char, oov_char, index_from } = conventions;
  const limit = run.preprocessing.num_words;
  const tooRare = limit === null ? '' : ` | ids >= ${limit}L`;
  return [
    `# A text as ids: ${start_char === null ? '' : `${start_char} starts it, `}${oov_char} is an unknown word, the word of rank r is r + ${index_from}.`,
    'encode <- function(text) {',
    `  vocabulary <- jsonlite::fromJSON(${file(vocabulary)})`,
    R_WORDS,
    `  ids <- match(words[words != ""], vocabulary) + ${index_from}L`,
    `  ids[is.na(ids)${tooRare}] <- ${oov_char}L`,
    `  c(${start_char === null ? '' : `${start_char}L, `}ids)`,
    '}',
  ];
}

function callbacks({ run: { training } }: Trained): string {
  const { early_stopping, reduce_lr_on_plateau } = training;
  const call = (name: string, settings: object) =>
    `${name}(${Object.entries(settings)
      .map(([key, value]) => `${key} = ${rLiteral(value)}`)
      .join(', ')})`;
  const calls = [
    ...(early_stopping ? [call('callback_early_stopping', early_stopping)] : []),
    ...(reduce_lr_on_plateau ? [call('callback_reduce_lr_on_plateau', reduce_lr_on_plateau)] : []),
  ];
  return calls.length > 0 ? `, callbacks = list(${calls.join(', ')})` : '';
}

function fit(trained: Trained): string[] {
  const { epochs, batch_size, validation_split, shuffle, limit, loss } = trained.run.training;
  const part = limit === null ? '' : `[seq_len(${limit})]`;
  const classes = trained.dataset.classes.length;
  const labels = (y: string) =>
    loss === 'categorical_crossentropy' ? `to_categorical(${y}, ${classes}L)` : y;
  return [
    'if (fit_it) {',
    '  data <- load_data()',
    '  history <- model |> fit(',
    `    prepare(data$train$x${part}), ${labels(`data$train$y${part}`)}, epochs = ${epochs}, batch_size = ${batch_size},`,
    `    validation_split = ${validation_split}, shuffle = ${shuffle ? 'TRUE' : 'FALSE'}${callbacks(trained)}`,
    '  )',
    '  plot(history)',
    `  if (length(data$test$x) > 0) print(model |> evaluate(prepare(data$test$x), ${labels('data$test$y')}))`,
  ];
}

function scoring({ vocabulary }: ScriptFiles): string[] {
  if (vocabulary === null) return ['}'];
  return [
    '} else if (length(given) > 0) {',
    '  print(model |> predict(prepare(lapply(given, encode))))',
    '}',
  ];
}

/** @param name the script's own file name */
export function rScript(trained: Trained, name: string, files: ScriptFiles): string {
  const usage = [
    `#   Rscript ${argument(name)} --fit          ${fitUsage(trained, files)}`,
    ...(files.vocabulary === null
      ? []
      : [`#   Rscript ${argument(name)} "a text" …    says what it thinks of texts`]),
  ];
  const parts = [
    [...headline(trained), ...usage, model(trained, files).trimEnd()],
    data(trained, files),
    prepare(trained),
    encode(trained, files),
    [...fit(trained), ...scoring(files)],
  ];
  return `${parts
    .filter(({ length }) => length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}
