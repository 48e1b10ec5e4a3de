"""Writes what Keras 3 prints and counts for the models of the tests beside this file, once, with real Keras:

    python make_keras_constants.py

`keras/NAME.txt` is `model.summary()` on a terminal of 80 columns; `keras/shapes.json` has the output shape and the parameters
of single layers over an input.
"""

import json
import os
import pathlib

os.environ["KERAS_BACKEND"] = os.environ.get("KERAS_BACKEND", "tensorflow")
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["COLUMNS"] = "80"

import keras
from keras import layers

folder = pathlib.Path(__file__).parent / "keras"


def save_summary(name, model):
    lines = []
    model.summary(print_fn=lines.append)
    (folder / f"{name}.txt").write_text("\n".join(lines).rstrip("\n") + "\n")


def lecture(*between):
    keras.backend.clear_session()
    ids = keras.Input((500,), dtype="int32")
    return keras.Sequential([ids, layers.Embedding(10000, 32), *[make() for make in between], layers.Dense(1, activation="sigmoid")])


def simple(sequences):
    return lambda: layers.SimpleRNN(32, return_sequences=sequences)


SEQUENTIAL = {
    "lecture-simple-rnn": [simple(False)],
    "lecture-lstm": [lambda: layers.LSTM(32)],
    "lecture-stacked-simple-rnn": [simple(True), simple(True), simple(True), simple(False)],
    "gru": [lambda: layers.GRU(32)],
    "bidirectional-lstm": [lambda: layers.Bidirectional(layers.LSTM(32))],
    "cnn-lstm": [lambda: layers.Conv1D(64, 5, activation="relu"), lambda: layers.MaxPooling1D(5), lambda: layers.LSTM(32)],
}

for name, between in SEQUENTIAL.items():
    save_summary(name, lecture(*between))

keras.backend.clear_session()
save_summary(
    "without-output",
    keras.Sequential([keras.Input((500,), dtype="int32"), layers.Embedding(10000, 32)] + [simple(i < 3)() for i in range(4)]),
)

keras.backend.clear_session()
save_summary(
    "long-names",
    keras.Sequential(
        [
            keras.Input((None, 7)),
            layers.LayerNormalization(name="a_layer_whose_name_is_longer_than_its_column"),
            layers.GlobalAveragePooling1D(),
            layers.Dense(1234567, name="wide"),
        ]
    ),
)

keras.backend.clear_session()
ids = keras.Input((40,), dtype="int32")
embedded = layers.Embedding(1000, 16)(ids)
pooled = layers.GlobalMaxPooling1D()(embedded)
last = layers.LSTM(8)(embedded)
merged = layers.Concatenate()([pooled, last])
save_summary("two-branches", keras.Model(ids, layers.Dense(3, activation="softmax")(merged)))

VALUES, IDS, ROW, OPEN = (9, 4), (9,), (6,), (None, 4)
SINGLE = [
    ("Embedding", {"input_dim": 11, "output_dim": 5, "mask_zero": True}, IDS),
    *[(cell, {"units": 7, **extra}, shape) for cell in ("SimpleRNN", "LSTM", "GRU") for shape in (VALUES, OPEN)
      for extra in ({}, {"return_sequences": True}, {"use_bias": False}, {"go_backwards": True, "return_sequences": True})],
    ("GRU", {"units": 7, "reset_after": False}, VALUES),
    *[("Bidirectional", {"layer": {"class_name": cell, "config": {"units": 3, "return_sequences": sequences}}, "merge_mode": mode}, VALUES)
      for cell in ("SimpleRNN", "LSTM", "GRU") for mode in ("concat", "sum", "mul", "ave") for sequences in (False, True)],
    ("Dense", {"units": 3}, VALUES),
    ("Dense", {"units": 3, "use_bias": False}, ROW),
    ("Activation", {"activation": "relu"}, VALUES),
    ("Dropout", {"rate": 0.5}, VALUES),
    ("Flatten", {}, VALUES),
    ("Flatten", {}, ROW),
    ("GlobalMaxPooling1D", {}, OPEN),
    ("GlobalAveragePooling1D", {}, VALUES),
    *[("Conv1D", {"filters": 5, "kernel_size": size, "padding": padding, **step}, shape)
      for size in (1, 2, 3, 4) for padding in ("valid", "same", "causal") for shape in (VALUES, OPEN)
      for step in ({}, {"strides": 2}, {"strides": 3}, {"dilation_rate": 2})],
    ("Conv1D", {"filters": 5, "kernel_size": 3, "use_bias": False}, VALUES),
    *[("MaxPooling1D", {"pool_size": size, "strides": strides, "padding": padding}, shape)
      for size in (1, 2, 3, 9) for strides in (None, 1, 2, 4) for padding in ("valid", "same") for shape in (VALUES, OPEN)],
    ("LayerNormalization", {}, VALUES),
    ("LayerNormalization", {"center": False}, VALUES),
    ("LayerNormalization", {"scale": False}, ROW),
]


def make(type_, config):
    if type_ != "Bidirectional":
        return getattr(layers, type_)(**config)
    inner = config["layer"]
    return layers.Bidirectional(getattr(layers, inner["class_name"])(**inner["config"]), merge_mode=config["merge_mode"])


rows = []
for type_, config, shape in SINGLE:
    layer = make(type_, config)
    output = layer(keras.Input(shape, dtype="int32" if shape == IDS else "float32"))
    weights = [list(weight.shape) for weight in layer.weights if "seed_generator" not in weight.path]
    rows.append({"type": type_, "config": config, "input": shape, "shape": list(output.shape), "weights": weights})
(folder / "shapes.json").write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")
print(keras.__version__, len(rows))
