"""Trains a benchmark's work in Keras 3 on TensorFlow and prints the same events as `unroll train --json`.

In an environment with `pip install tensorflow-cpu keras`:

    python bench/peers/keras_lecture.py WORK.json IMDB.npz

WORK.json is written by bench/run.ts: the model graph, epochs, batch size, seed, validation split and preprocessing.
"""

import json
import os
import resource
import sys
import time

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras
import tensorflow as tf

from imdb import load_training_split


def peak_bytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def say(event, **values):
    print(json.dumps({"event": event, **values}), flush=True)


def build(graph):
    """The Sequential model of a graph whose layers follow one another."""
    model = keras.Sequential(name=graph["name"])
    for node in graph["nodes"]:
        config = dict(node["config"])
        if node["type"] == "Input":
            model.add(keras.Input(**config))
        elif node["type"] == "Bidirectional":
            inner = config.pop("layer")
            layer = getattr(keras.layers, inner["class_name"])(**inner["config"])
            model.add(keras.layers.Bidirectional(layer, **config))
        else:
            model.add(getattr(keras.layers, node["type"])(**config))
    return model


class Epochs(keras.callbacks.Callback):
    """Prints each epoch with its seconds: training and validation together, by the wall clock."""

    def on_epoch_begin(self, epoch, logs=None):
        self.began = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        seconds = time.perf_counter() - self.began
        say("epoch", epoch=epoch + 1, **{name: float(value) for name, value in logs.items()}, seconds=seconds, peakBytes=peak_bytes())


def main(work_path, imdb_path):
    with open(work_path) as file:
        work = json.load(file)
    if work["threads"]:
        tf.config.threading.set_intra_op_parallelism_threads(work["threads"])
    x, y = load_training_split(imdb_path, work["num_words"], work["maxlen"], work["limit"])
    keras.utils.set_random_seed(work["seed"])
    model = build(work["graph"])
    # XLA is Keras's fastest setting on a CPU for these models, from the second epoch on.
    model.compile(optimizer="rmsprop", loss="binary_crossentropy", metrics=["acc"], jit_compile=work["jit_compile"])
    say("run", engine=f"Keras {keras.__version__}, TensorFlow {tf.__version__}", parameters=model.count_params())
    split = work["validation_split"]
    model.fit(x, y, epochs=work["epochs"], batch_size=work["batch_size"], validation_split=split, callbacks=[Epochs()], verbose=0)
    say("done")


if __name__ == "__main__":
    main(*sys.argv[1:])
