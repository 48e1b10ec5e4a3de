"""Makes test/conformance/fixtures from real Keras, in float32.

Run it in an environment with `pip install tensorflow-cpu keras`:

    python test/conformance/make_fixtures.py [TOPIC ...]

Each topic of fixture_cases.py becomes TOPIC.json (graphs, configurations, losses, the table of arrays) and TOPIC.bin
(the arrays behind one another, little-endian float32 or int32, in the table's order). defaults.json holds the defaults
of Keras's layers, optimizers and callbacks.

Three training steps are Keras's own `train_on_batch`, with one change: the embedding gradient is made dense before it
reaches the optimizer. Keras 3 on TensorFlow hands over IndexedSlices in which a token stands once for every time it
occurs, and its optimizers square those parts one by one, so their second moment is the sum of squares and not the
square of the sum that the formulas (and Keras on JAX or PyTorch) have.
"""

import inspect
import json
import os
import sys
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import keras
import numpy as np
import tensorflow as tf

from fixture_cases import STEPS, TOPICS, generator
from keras_models import build_model

FOLDER = Path(__file__).parent / "fixtures"


class Arrays:
    """Collects arrays for the binary file and their table for the header."""

    def __init__(self):
        self.parts = []

    def add(self, table, name, array):
        kind = "int32" if np.issubdtype(array.dtype, np.integer) else "float32"
        table.append({"name": name, "dtype": kind, "shape": list(array.shape)})
        self.parts.append(np.ascontiguousarray(array, kind).tobytes())


def variable_name(variable):
    """`lstm/lstm_cell/kernel` to `lstm/kernel`: the cell inside a recurrent layer has no name of its own here."""
    return "/".join(part for part in variable.path.split("/") if not part.endswith("_cell"))


def random_weights(case, model):
    """Every variable random, biases and normalisation included, so that none is hidden behind a zero."""
    rng = generator(case.name + " weights")
    for variable in model.weights:
        spread = 0.5 if len(variable.shape) < 2 else 1 / np.sqrt(variable.shape[0])
        centre = 1 if variable.name == "gamma" else 0
        variable.assign(centre + case.scale * rng.normal(0, spread, variable.shape).astype("float32"))


def with_dense_gradients(optimizer):
    """Adds up the parts of each embedding row before the optimizer sees them; see the head of this file."""
    apply = optimizer.apply
    optimizer.apply = lambda grads, variables=None: apply([tf.convert_to_tensor(g) for g in grads], variables)
    return optimizer


def make_optimizer(config):
    class_name = {"rmsprop": "RMSprop", "adam": "Adam", "sgd": "SGD"}[config["name"]]
    return getattr(keras.optimizers, class_name)(**{key: value for key, value in config.items() if key != "name"})


def gradients_of(model, inputs, targets):
    with tf.GradientTape() as tape:
        output = model(inputs, training=False)
        loss = model.compute_loss(inputs, targets, output)
    found = tape.gradient(loss, model.trainable_variables)
    return output.numpy(), float(loss), [tf.convert_to_tensor(g).numpy() for g in found]


def record(case, arrays):
    """Runs one case and returns its header entry."""
    keras.utils.clear_session()
    keras.utils.set_random_seed(7)
    model = build_model(case.graph)
    if case.weights == "random":
        random_weights(case, model)
    small = len(case.targets) < 60
    optimizer = with_dense_gradients(make_optimizer(case.optimizer))
    model.compile(optimizer, case.loss, metrics=case.metrics, run_eagerly=small and case.scale == 1)

    table = []
    for name, data in case.inputs.items():
        arrays.add(table, f"input/{name}", data)
    arrays.add(table, "targets", case.targets)
    for variable in model.weights:
        arrays.add(table, f"weight/{variable_name(variable)}", variable.numpy())

    names = list(case.inputs)
    batch = lambda step: [case.inputs[name][step * case.batch : (step + 1) * case.batch] for name in names]
    some = lambda step: batch(step)[0] if len(names) == 1 else batch(step)
    wanted = lambda step: case.targets[step * case.batch : (step + 1) * case.batch]
    output, loss, gradients = gradients_of(model, some(0), wanted(0))
    arrays.add(table, "output", output)
    for variable, gradient in zip(model.trainable_variables, gradients):
        arrays.add(table, f"gradient/{variable_name(variable)}", gradient)

    logs = []
    for step in range(STEPS):
        model.reset_metrics()
        found = model.train_on_batch(some(step), wanted(step), return_dict=True)
        logs.append({name: float(np.float32(value)) for name, value in found.items()})
    for variable in model.weights:
        arrays.add(table, f"trained/{variable_name(variable)}", variable.numpy())

    return {
        "name": case.name,
        "graph": case.graph,
        "loss": case.loss,
        "metrics": case.metrics,
        "optimizer": case.optimizer,
        "batch": case.batch,
        "lossValue": loss,
        "logs": logs,
        "parameters": model.count_params(),
        "layers": [
            {"id": layer.name, "shape": list(layer.output.shape), "parameters": layer.count_params()} for layer in model.layers
        ],
        "arrays": table,
    }


def versions():
    return {"keras": keras.__version__, "tensorflow": tf.__version__, "numpy": np.__version__}


def write_json(name, value):
    (FOLDER / name).write_text(json.dumps(value, separators=(",", ":")) + "\n")


def make_topic(topic):
    arrays = Arrays()
    cases = [record(case, arrays) for case in TOPICS[topic]()]
    (FOLDER / f"{topic}.bin").write_bytes(b"".join(arrays.parts))
    write_json(f"{topic}.json", {"madeBy": "test/conformance/make_fixtures.py", "versions": versions(), "cases": cases})
    print(f"{topic}: {len(cases)} cases, {sum(map(len, arrays.parts))} bytes", flush=True)


def signature_defaults(callable_):
    """Default values of a constructor's parameters, plain values only."""
    plain = (bool, int, float, str, list, tuple, type(None))
    parameters = inspect.signature(callable_.__init__).parameters.values()
    return {p.name: p.default for p in parameters if p.default is not p.empty and isinstance(p.default, plain)}


# What layers take among other keywords, where no signature says it: they say it when they are written down.
UNNAMED = {
    "SimpleRNN": ([1], "zero_output_for_mask"),
    "LSTM": ([1], "zero_output_for_mask"),
    "GRU": ([1], "zero_output_for_mask"),
    "LayerNormalization": ([], "rms_scaling"),
}


def layer_defaults(name):
    layer = getattr(keras.layers, name)
    required, unnamed = UNNAMED.get(name, ([], None))
    return {**signature_defaults(layer), **({unnamed: layer(*required).get_config()[unnamed]} if unnamed else {})}


def make_defaults():
    layers = [
        "Embedding", "SimpleRNN", "LSTM", "GRU", "Bidirectional", "Dense", "Dropout", "Activation", "Flatten", "GlobalMaxPooling1D",
        "GlobalAveragePooling1D", "Conv1D", "MaxPooling1D", "LayerNormalization", "Concatenate", "Add",
    ]  # fmt: skip
    optimizers = {"rmsprop": "RMSprop", "adam": "Adam", "sgd": "SGD"}
    callbacks = ["EarlyStopping", "ReduceLROnPlateau"]
    write_json(
        "defaults.json",
        {
            "madeBy": "test/conformance/make_fixtures.py",
            "versions": versions(),
            "layers": {name: layer_defaults(name) for name in layers},
            "optimizers": {ours: signature_defaults(getattr(keras.optimizers, name)) for ours, name in optimizers.items()},
            "callbacks": {name: signature_defaults(getattr(keras.callbacks, name)) for name in callbacks},
        },
    )


if __name__ == "__main__":
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    FOLDER.mkdir(exist_ok=True)
    topics = sys.argv[1:] or ["defaults", *TOPICS]
    for topic in topics:
        make_defaults() if topic == "defaults" else make_topic(topic)
