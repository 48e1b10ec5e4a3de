"""Times training steps on dense input, or scoring of IMDB's test reviews, as bench/own-steps.ts does.

    python bench/peers/steps.py keras|pytorch WORK.json IMDB.npz

WORK.json is written by bench/steps.ts.
"""

import json
import os
import sys
import time

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import numpy as np

from imdb import load_split

SCORED = 512


def say(event, **values):
    print(json.dumps({"event": event, **values}), flush=True)


def timed(repeats, step):
    for _ in range(repeats):
        began = time.perf_counter()
        step()
        say("step", seconds=time.perf_counter() - began)


def dense_batch(shape):
    values = np.sin(np.arange(np.prod(shape)) * 12.9898) * 1.7
    return values.reshape(shape).astype("float32"), (np.arange(shape[0]) % 2).astype("float32")


def run_keras(work, imdb):
    import keras
    import tensorflow as tf
    from keras_lecture import build

    if work["threads"]:
        tf.config.threading.set_intra_op_parallelism_threads(work["threads"])
    model = build(work["graph"])
    model.compile(optimizer="rmsprop", loss="binary_crossentropy", jit_compile=True)
    say("run", engine=f"Keras {keras.__version__}, TensorFlow {tf.__version__}")
    if work["kind"] == "train":
        x, y = (tf.constant(a) for a in dense_batch(work["shape"]))
        timed(work["repeats"], lambda: model.train_on_batch(x, y))
    else:
        x, _ = load_split(imdb, "test", 10000, 500)
        timed(work["repeats"], lambda: model.predict(x, batch_size=SCORED, verbose=0))


def run_pytorch(work, imdb):
    import torch
    from torch_lecture import build

    if work["threads"]:
        torch.set_num_threads(work["threads"])
    torch.manual_seed(1)
    model = build(work["graph"])
    say("run", engine=f"PyTorch {torch.__version__}")
    if work["kind"] == "train":
        x, y = (torch.from_numpy(a) for a in dense_batch(work["shape"]))
        optimizer = torch.optim.RMSprop(model.parameters(), lr=0.001, alpha=0.9, eps=1e-7)

        def step():
            optimizer.zero_grad()
            torch.nn.functional.binary_cross_entropy_with_logits(model(x)[:, 0], y).backward()
            optimizer.step()

        timed(work["repeats"], step)
        return
    x = torch.from_numpy(load_split(imdb, "test", 10000, 500)[0]).long()

    def score():
        with torch.no_grad():
            return [torch.sigmoid(model(x[at : at + SCORED])) for at in range(0, len(x), SCORED)]

    timed(work["repeats"], score)


if __name__ == "__main__":
    name, work_path, imdb_path = sys.argv[1:]
    with open(work_path) as file:
        given = json.load(file)
    {"keras": run_keras, "pytorch": run_pytorch}[name](given, imdb_path)
