"""Loads exports with Keras and predicts: `python check_exports.py FOLDER`, with `cases.json` in it.

Keras on TensorFlow squares the parts of an embedding's gradient one by one, elsewhere it does not (see
test/conformance/make_fixtures.py); so that it does not here, such gradients are made dense before the optimizer sees them.

A case is a file and inputs; what Keras says to them goes to standard output, one JSON object a line. `train` trains the model on
for one epoch first and saves it again; a script (`.py`) is run, and the model it has built predicts.
"""
import importlib.util
import json
import pathlib
import re
import runpy
import sys

import numpy as np

import keras

FOLDER = pathlib.Path(sys.argv[1])


def register_own_layers(path):
    """The file beside a model with a Book LSTM; importing it registers the cell."""
    beside = path.with_name(re.sub(r"\W", "_", path.stem, flags=re.ASCII) + "_book_lstm.py")
    if beside.exists():
        spec = importlib.util.spec_from_file_location(beside.stem, beside)
        spec.loader.exec_module(importlib.util.module_from_spec(spec))


def with_dense_gradients(optimizer):
    if keras.backend.backend() != "tensorflow":
        return
    import tensorflow as tf

    apply = optimizer.apply
    optimizer.apply = lambda grads, variables=None: apply([tf.convert_to_tensor(grad) for grad in grads], variables)


def load(path):
    if path.suffix == ".py":
        return runpy.run_path(str(path), run_name="script")["model"]
    register_own_layers(path)
    return keras.saving.load_model(path)


for case in json.loads((FOLDER / "cases.json").read_text()):
    keras.backend.clear_session()
    model = load(FOLDER / case["file"])
    inputs = np.array(case["inputs"], case["dtype"]).reshape(case["shape"])
    answer = {"file": case["file"], "parameters": model.count_params(), "compiled": bool(model.compiled)}
    answer["optimizer"] = model.optimizer.get_config()["name"] if model.compiled else None
    answer["iterations"] = int(model.optimizer.iterations) if model.compiled else None
    if case.get("train"):
        labels = np.arange(len(inputs)) % 2
        with_dense_gradients(model.optimizer)
        history = model.fit(inputs, labels, epochs=1, batch_size=2, shuffle=False, verbose=0).history
        answer["loss"] = history["loss"][0]
        for name in case["train"]:
            model.save(FOLDER / name)
    answer["outputs"] = model.predict(inputs, verbose=0).reshape(-1).tolist()
    print(json.dumps(answer), flush=True)
