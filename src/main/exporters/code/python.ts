/** The run as a Python script for Keras 3: data, model, weights, how it was compiled and fitted, and how to score with it. */
import { pythonCode } from '../../../shared/graph/code.ts';
import { pythonLiteral } from '../../../shared/layers/calls.ts';
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

function model({ run }: Trained, { weights, vocabulary }: ScriptFiles): string {
  const json = vocabulary === null ? '' : 'import json\n';
  const imports = [
    'import pathlib',
    'import sys',
    '',
    'import keras',
    'import numpy as np',
    'from keras import layers',
  ].join('\n');
  const start = [
    '',
    `keras.utils.set_random_seed(${run.training.seed})`,
    'HERE = pathlib.Path(__file__).resolve().parent',
    'FIT = __name__ == "__main__" and "--fit" in sys.argv',
  ].join('\n');
  const load = ['if not FIT:', `    model.load_weights(HERE / ${quoted(weights)})`].join('\n');
  const code = pythonCode(run.graph, run.training).replace(
    'import keras\nfrom keras import layers\n',
    `${json}${imports}\n`,
  );
  return insertBefore(insertAfter(code, 'from keras import layers', start), 'model.compile(', load);
}

function data(trained: Trained, { data: file }: ScriptFiles): string[] {
  const { run, dataset } = trained;
  if (file === null) {
    const words = pythonLiteral(run.preprocessing.num_words);
    return [
      'def load_data():',
      '    """The IMDB reviews as sequences of ids with their labels: training split and test split."""',
      `    return keras.datasets.imdb.load_data(num_words=${words})`,
    ];
  }
  const steps = dataset.kind === 'tokens' ? 'part' : `part.reshape(-1, ${dataset.width})`;
  return [
    'def load_data():',
    '    """Sequences with their labels: training split and test split."""',
    `    file = HERE / ${quoted(file)}`,
    '    if not file.exists():',
    `        sys.exit(${quoted(dataMissing(file, 'Python'))})`,
    '    with np.load(file) as arrays:',
    '        def split(name):',
    '            parts = np.split(arrays[f"{name}_values"], arrays[f"{name}_offsets"][1:-1])',
    `            return [${steps} for part in parts], arrays[f"{name}_labels"]`,
    '',
    '        return split("train"), split("test")',
  ];
}

function prepare({ dataset, maxlen, run: { preprocessing } }: Trained): string[] {
  const { padding, truncating } = preprocessing;
  const type = dataset.kind === 'tokens' ? '' : ', dtype="float32"';
  return [
    'def prepare(sequences):',
    `    """Cuts and pads every sequence to ${maxlen} steps."""`,
    '    return keras.utils.pad_sequences(',
    `        sequences, maxlen=${maxlen}, padding="${padding}", truncating="${truncating}"${type}`,
    '    )',
  ];
}

function encode({ dataset, run }: Trained, { vocabulary }: ScriptFiles): string[] {
  const { conventions } = dataset;
  if (vocabulary === null || !conventions) return [];
  const { start_char, oov_char, index_from } = conventions;
  const limit = run.preprocessing.num_words;
  const cut = limit === null ? 'ids' : `[i if i < ${limit} else ${oov_char} for i in ids]`;
  return [
    'def encode(text):',
    `    """A text as ids: ${start_char === null ? '' : `${start_char} starts it, `}${oov_char} is an unknown word, the word of rank r is r + ${index_from}."""`,
    `    words = json.loads((HERE / ${quoted(vocabulary)}).read_text(encoding="utf-8"))`,
    '    ranks = {word: rank for rank, word in enumerate(words, 1)}',
    '    punctuation = str.maketrans({sign: " " for sign in \'!"#$%&()*+,-./:;<=>?@[\\\\]^_`{|}~\\t\\n\'})',
    '    found = [word for word in text.lower().translate(punctuation).split(" ") if word]',
    `    ids = [ranks[word] + ${index_from} if word in ranks else ${oov_char} for word in found]`,
    `    return ${start_char === null ? '' : `[${start_char}] + `}${cut}`,
  ];
}

function callbacks({ run: { training } }: Trained): string[] {
  const { early_stopping, reduce_lr_on_plateau } = training;
  const call = (name: string, settings: object) => {
    const given = Object.entries(settings).map(([key, value]) => `${key}=${pythonLiteral(value)}`);
    return `    keras.callbacks.${name}(${given.join(', ')}),`;
  };
  const lines = [
    ...(early_stopping ? [call('EarlyStopping', early_stopping)] : []),
    ...(reduce_lr_on_plateau ? [call('ReduceLROnPlateau', reduce_lr_on_plateau)] : []),
  ];
  return lines.length > 0 ? ['    callbacks = [', ...lines.map((line) => `    ${line}`), '    ]'] : [];
}

function fit(trained: Trained): string[] {
  const { run, dataset } = trained;
  const { epochs, batch_size, validation_split, shuffle, limit, loss } = run.training;
  const part = limit === null ? '' : `[:${limit}]`;
  const oneHot = loss === 'categorical_crossentropy';
  const labels = oneHot
    ? `keras.utils.to_categorical(y_train${part}, ${dataset.classes.length})`
    : `np.asarray(y_train${part})`;
  const test = oneHot
    ? `keras.utils.to_categorical(y_test, ${dataset.classes.length})`
    : 'np.asarray(y_test)';
  const called = callbacks(trained);
  return [
    'if FIT:',
    '    (x_train, y_train), (x_test, y_test) = load_data()',
    ...called,
    '    history = model.fit(',
    `        prepare(x_train${part}),`,
    `        ${labels},`,
    `        epochs=${epochs},`,
    `        batch_size=${batch_size},`,
    `        validation_split=${validation_split},`,
    `        shuffle=${shuffle ? 'True' : 'False'},`,
    ...(called.length > 0 ? ['        callbacks=callbacks,'] : []),
    '    )',
    '    if len(x_test) > 0:',
    `        model.evaluate(prepare(x_test), ${test}, batch_size=${batch_size})`,
  ];
}

function scoring({ vocabulary }: ScriptFiles): string[] {
  if (vocabulary === null) return [];
  return [
    'elif __name__ == "__main__" and len(sys.argv) > 1:',
    '    for text, outputs in zip(sys.argv[1:], model.predict(prepare([encode(text) for text in sys.argv[1:]]))):',
    '        print(*outputs, text)',
  ];
}

/** @param name the script's own file name */
export function pythonScript(trained: Trained, name: string, files: ScriptFiles): string {
  const usage = [
    `#   python ${argument(name)} --fit          ${fitUsage(trained, files)}`,
    ...(files.vocabulary === null
      ? []
      : [`#   python ${argument(name)} "a text" …    says what it thinks of texts`]),
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
    .join('\n\n\n')}\n`;
}
