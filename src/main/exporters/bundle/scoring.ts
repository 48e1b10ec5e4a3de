/** Examples of how to score with a bundle outside of Unroll, about thirty lines each. */
import { R_WORDS, SEPARATOR } from '../code/words.ts';
import { BOOK_LSTM_MODULE } from '../keras/book-lstm-files.ts';

interface Example {
  /** Whether it takes texts; else ids or numbers. */
  words: boolean;
  /** Whether Keras needs to be told what a Book LSTM is. */
  book: boolean;
  /** Whether sequences are numbers, and not ids. */
  numbers: boolean;
}

/** What a line of the input is. */
const usage = ({ words, numbers }: Omit<Example, 'book'>): string =>
  words ? 'one text a line' : `one JSON array of ${numbers ? 'steps' : 'ids'} a line`;

export function pythonExample({ words, book, numbers }: Example): string {
  const encode = words
    ? `ranks = {word: rank for rank, word in enumerate(json.loads((HERE / "vocabulary.json").read_text("utf-8")), 1)}
start, unknown, index_from = (rules["conventions"][key] for key in ("start_char", "oov_char", "index_from"))


def encode(text):
    """A text as ids: the start id, then known words by rank, and one id for all unknown and rare ones."""
    found = [word for word in re.split(r'${SEPARATOR}', text.lower()) if word]
    known = range(index_from + 1, rules["num_words"] or 2**31)
    ids = [ranks.get(word, 0) + index_from for word in found]
    return ([] if start is None else [start]) + [id if id in known else unknown for id in ids]

`
    : `encode = json.loads`;
  return `# Scores standard input, ${usage({ words, numbers })}: python score.py < input.txt    (pip install keras tensorflow)
import json
import pathlib
import re
import sys

import keras

HERE = pathlib.Path(__file__).resolve().parent
${book ? `import ${BOOK_LSTM_MODULE}  # says what a Book LSTM is\n` : ''}rules = json.loads((HERE / "preprocessing.json").read_text(encoding="utf-8"))
${encode}
sys.stdout.reconfigure(encoding="utf-8")
lines = [line for line in re.split(r"\\r?\\n", sys.stdin.buffer.read().decode("utf-8-sig")) if line.strip()]
if not lines:
    sys.exit("There is nothing to score: give ${usage({ words, numbers })} on standard input.")
model = keras.saving.load_model(HERE / "model.keras")
cut = {key: rules[key] for key in ("maxlen", "padding", "truncating")}
sequences = keras.utils.pad_sequences([encode(line) for line in lines], dtype="${numbers ? 'float32' : 'int32'}", **cut)
for line, outputs in zip(lines, model.predict(sequences, verbose=0)):
    print(*outputs, line, sep="\\t")
`;
}

export function rExample({ words, book, numbers }: Example): string {
  const encode = words
    ? `vocabulary <- fromJSON("vocabulary.json")

# A text as ids: the start id, then known words by rank, and one id for all unknown and rare ones.
encode <- function(text) {
  conventions <- rules$conventions
${R_WORDS}
  ids <- match(words[words != ""], vocabulary) + conventions$index_from
  rare <- is.na(ids)
  if (!is.null(rules$num_words)) rare <- rare | ids >= rules$num_words
  as.integer(c(conventions$start_char, ifelse(rare, conventions$oov_char, ids)))
}`
    : 'encode <- fromJSON';
  const load = book
    ? `source("${BOOK_LSTM_MODULE}.R")  # says what a Book LSTM is
model <- load_model("model.keras", custom_objects = list("unroll>BookLSTMCell" = book_lstm_cell))`
    : 'model <- load_model("model.keras")';
  return `# Scores standard input, ${usage({ words, numbers })}, in this folder: Rscript score.R < input.txt
library(keras3)
library(jsonlite)

rules <- fromJSON("preprocessing.json")
${encode}
given <- file("stdin", encoding = "UTF-8-BOM")
lines <- readLines(given, warn = FALSE)
close(given)
lines <- lines[trimws(lines, whitespace = "[\\\\h\\\\v]") != ""]
if (length(lines) == 0) quit()
${load}
sequences <- pad_sequences(
  lapply(lines, encode), maxlen = rules$maxlen, padding = rules$padding, truncating = rules$truncating,
  dtype = "${numbers ? 'float32' : 'int32'}"
)
outputs <- predict(model, sequences, verbose = 0)
for (i in seq_along(lines)) writeLines(paste(c(format(outputs[i, ]), lines[i]), collapse = "\\t"))
`;
}

export function javascriptExample({ words, numbers }: Omit<Example, 'book'>): string {
  const encode = words
    ? `const ranks = new Map(JSON.parse(file('vocabulary.json')).map((word, i) => [word, i + 1]));

/** A text as ids: the start id, then known words by rank, and one id for all unknown and rare ones. */
function encode(text) {
  const { start_char, oov_char, index_from } = rules.conventions;
  const words = text.toLowerCase().split(/${SEPARATOR}/).filter(Boolean);
  const ids = words.map((word) => (ranks.get(word) ?? Infinity) + index_from);
  return [start_char ?? [], ids.map((id) => (id < (rules.num_words ?? Infinity) ? id : oov_char))].flat();
}
`
    : `const encode = (line) => JSON.parse(line)${numbers ? '.flat()' : ''};`;
  return `// Scores standard input, ${usage({ words, numbers })}: node score.mjs < input.txt    (npm install onnxruntime-node)
import { readFileSync } from 'node:fs';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const file = (name) => readFileSync(new URL(name, import.meta.url));
const rules = JSON.parse(file('preprocessing.json'));
${encode}
/** Cut and padded with zeros as in training. */
function pad(sequence, size) {
  const cut = rules.truncating === 'pre' ? sequence.slice(-size) : sequence.slice(0, size);
  const zeros = new Array(size - cut.length).fill(0);
  return rules.padding === 'pre' ? [...zeros, ...cut] : [...cut, ...zeros];
}

const lines = new TextDecoder().decode(readFileSync(0)).split(/\\r?\\n/).filter((line) => line.trim());
const session = await InferenceSession.create(file('model.onnx'));
for (const line of lines) {
  const input = new Tensor('${numbers ? 'float32' : 'int32'}', pad(encode(line), rules.maxlen * rules.width), [1, rules.maxlen${numbers ? ', rules.width' : ''}]);
  const outputs = await session.run({ [session.inputNames[0]]: input });
  console.log([...outputs[session.outputNames[0]].data, line].join('\\t'));
}
`;
}
