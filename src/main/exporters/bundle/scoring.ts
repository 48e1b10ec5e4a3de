/** Examples of how to score with a bundle outside of Unroll, thirty lines each. */
import { BOOK_LSTM_MODULE } from '../keras/book-lstm-files.ts';

interface Example {
  /** Whether it takes texts; else ids or numbers. */
  words: boolean;
  /** Whether Keras needs to be told what a Book LSTM is. */
  book: boolean;
  /** Whether sequences are numbers, and not ids. */
  numbers: boolean;
}

export function pythonExample({ words, book, numbers }: Example): string {
  const encode = words
    ? `words = json.loads((HERE / "vocabulary.json").read_text(encoding="utf-8"))
ranks = {word: rank for rank, word in enumerate(words, 1)}
spaces = str.maketrans({sign: " " for sign in '!"#$%&()*+,-./:;<=>?@[\\\\]^_\`{|}~\\t\\n'})


def encode(text):
    """A text as ids: the start id, then known words by rank, and one id for all unknown and rare ones."""
    conventions = rules["conventions"]
    ids = [ranks.get(word, 0) + conventions["index_from"] for word in text.lower().translate(spaces).split()]
    known = range(conventions["index_from"] + 1, rules["num_words"] or 2**31)
    start = [] if conventions["start_char"] is None else [conventions["start_char"]]
    return start + [id if id in known else conventions["oov_char"] for id in ids]`
    : `encode = json.loads`;
  const usage = words ? 'one text a line' : `one JSON array of ${numbers ? 'steps' : 'ids'} a line`;
  return `# Scores standard input, ${usage}: python score.py < input.txt    (pip install keras tensorflow)
import json
import pathlib
import sys

import keras

HERE = pathlib.Path(__file__).resolve().parent
${book ? `import ${BOOK_LSTM_MODULE}  # says what a Book LSTM is\n` : ''}rules = json.loads((HERE / "preprocessing.json").read_text(encoding="utf-8"))
${encode}

model = keras.saving.load_model(HERE / "model.keras")
lines = [line.strip() for line in sys.stdin if line.strip()]
sequences = keras.utils.pad_sequences(
    [encode(line) for line in lines], maxlen=rules["maxlen"], padding=rules["padding"],
    truncating=rules["truncating"], dtype="${numbers ? 'float32' : 'int32'}",
)
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
  text <- gsub("[]!\\"#$%&()*+,./:;<=>?@[\\\\\\\\^_\`{|}~\\t\\n-]", " ", tolower(text))
  words <- strsplit(text, " ", fixed = TRUE)[[1]]
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
  const usage = words ? 'one text a line' : `one JSON array of ${numbers ? 'steps' : 'ids'} a line`;
  return `# Scores standard input, ${usage}, in this folder: Rscript score.R < input.txt
library(keras3)
library(jsonlite)

rules <- fromJSON("preprocessing.json")
${encode}

${load}
lines <- readLines(file("stdin"))
lines <- lines[lines != ""]
sequences <- pad_sequences(
  lapply(lines, encode), maxlen = rules$maxlen, padding = rules$padding, truncating = rules$truncating,
  dtype = "${numbers ? 'float32' : 'int32'}"
)
outputs <- predict(model, sequences, verbose = 0)
for (i in seq_along(lines)) cat(format(outputs[i, ]), lines[i], sep = "\\t", fill = FALSE, "\\n")
`;
}

export function javascriptExample({ words, numbers }: Omit<Example, 'book'>): string {
  const encode = words
    ? `const vocabulary = json('vocabulary.json');
const ranks = new Map(vocabulary.map((word, i) => [word, i + 1]));

/** A text as ids: the start id, then known words by rank, and one id for all unknown and rare ones. */
function encode(text) {
  const { start_char, oov_char, index_from } = rules.conventions;
  const words = text.toLowerCase().split(/[!"#$%&()*+,\\-./:;<=>?@[\\\\\\]^_\`{|}~\\t\\n ]+/).filter(Boolean);
  const id = (word) => (ranks.has(word) ? ranks.get(word) + index_from : oov_char);
  const limit = rules.num_words ?? Infinity;
  return [...(start_char === null ? [] : [start_char]), ...words.map(id).map((i) => (i < limit ? i : oov_char))];
}`
    : `const encode = (line) => JSON.parse(line)${numbers ? '.flat()' : ''};`;
  const usage = words ? 'one text a line' : `one JSON array of ${numbers ? 'steps' : 'ids'} a line`;
  return `// Scores standard input, ${usage}: node score.mjs < input.txt    (npm install onnxruntime-node)
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const json = (name) => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'));
const rules = json('preprocessing.json');
${encode}

/** Cut and padded with zeros as in training. */
function pad(sequence) {
  const size = rules.maxlen * rules.width;
  const cut = rules.truncating === 'pre' ? sequence.slice(-size) : sequence.slice(0, size);
  const zeros = new Array(size - cut.length).fill(0);
  return rules.padding === 'pre' ? [...zeros, ...cut] : [...cut, ...zeros];
}

const session = await InferenceSession.create(fileURLToPath(new URL('model.onnx', import.meta.url)));
for (const line of readFileSync(0, 'utf8').split('\\n').filter((text) => text.trim() !== '')) {
  const values = ${numbers ? 'Float32Array' : 'Int32Array'}.from(pad(encode(line)));
  const shape = ${numbers ? '[1, rules.maxlen, rules.width]' : '[1, rules.maxlen]'};
  const outputs = await session.run({ [session.inputNames[0]]: new Tensor('${numbers ? 'float32' : 'int32'}', values, shape) });
  console.log([...outputs[session.outputNames[0]].data, line].join('\\t'));
}
`;
}
