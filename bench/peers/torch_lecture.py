"""Trains a benchmark's work in PyTorch and prints the same events as `unroll train --json`.

In an environment with `pip install torch numpy`:

    python bench/peers/torch_lecture.py WORK.json IMDB.npz

The same model, data, optimizer constants and split as keras_lecture.py, with torch.nn's own recurrent layers.
"""

import json
import resource
import sys
import time

import numpy as np
import torch
from torch import nn

from imdb import load_training_split

RECURRENT = {"SimpleRNN": nn.RNN, "LSTM": nn.LSTM, "GRU": nn.GRU}


def peak_bytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def say(event, **values):
    print(json.dumps({"event": event, **values}), flush=True)


class Recurrent(nn.Module):
    """A recurrent layer that hands on its last state, or with return_sequences all of them."""

    def __init__(self, type_, config, width, both=False):
        super().__init__()
        self.layer = RECURRENT[type_](width, config["units"], batch_first=True, bidirectional=both)
        self.sequences = config.get("return_sequences", False)
        self.units, self.both = config["units"], both
        self.width = config["units"] * (2 if both else 1)

    def forward(self, x):
        y, _ = self.layer(x)
        if self.sequences:
            return y
        if self.both:
            return torch.cat([y[:, -1, : self.units], y[:, 0, self.units :]], dim=1)
        return y[:, -1]


class Over(nn.Module):
    """A layer over the steps of (batch, steps, channels)."""

    def __init__(self, *layers):
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, x):
        return self.layers(x.transpose(1, 2)).transpose(1, 2)


def build(graph):
    """The model of a graph whose layers follow one another; it ends before the last sigmoid, which the loss holds."""
    layers, width = [], None
    for node in graph["nodes"]:
        type_, config = node["type"], node["config"]
        if type_ == "Embedding":
            layer, width = nn.Embedding(config["input_dim"], config["output_dim"]), config["output_dim"]
        elif type_ in RECURRENT:
            layer = Recurrent(type_, config, width)
            width = layer.width
        elif type_ == "Bidirectional":
            layer = Recurrent(config["layer"]["class_name"], config["layer"]["config"], width, both=True)
            width = layer.width
        elif type_ == "Dense":
            layer, width = nn.Linear(width, config["units"]), config["units"]
        elif type_ == "Conv1D":
            layer = Over(nn.Conv1d(width, config["filters"], config["kernel_size"]), nn.ReLU())
            width = config["filters"]
        elif type_ == "MaxPooling1D":
            layer = Over(nn.MaxPool1d(config["pool_size"]))
        elif type_ == "Input":
            width = config["shape"][-1]
            continue
        else:
            raise SystemExit(f"torch_lecture.py has no layer for {type_}")
        layers.append(layer)
    return nn.Sequential(*layers)


def run_epoch(model, x, y, batch_size, optimizer=None, order=None):
    """One pass; trains when an optimizer is given. Returns mean loss and accuracy."""
    total = right = 0.0
    for start in range(0, len(y), batch_size):
        rows = slice(start, start + batch_size) if order is None else order[start : start + batch_size]
        logits, wanted = model(x[rows])[:, 0], y[rows]
        loss = nn.functional.binary_cross_entropy_with_logits(logits, wanted)
        if optimizer:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        total += loss.item() * len(wanted)
        right += ((logits > 0) == (wanted > 0.5)).sum().item()
    return total / len(y), right / len(y)


def main(work_path, imdb_path):
    with open(work_path) as file:
        work = json.load(file)
    if work["threads"]:
        torch.set_num_threads(work["threads"])
    x, y = (torch.from_numpy(a) for a in load_training_split(imdb_path, work["num_words"], work["maxlen"], work["limit"]))
    x = x.long()
    torch.manual_seed(work["seed"])
    model = build(work["graph"])
    parameters = sum(p.numel() for p in model.parameters())
    # PyTorch's recurrent layers hold two biases per gate where Keras's hold one, so the count is slightly higher.
    say("run", engine=f"PyTorch {torch.__version__}", parameters=parameters)
    optimizer = torch.optim.RMSprop(model.parameters(), lr=0.001, alpha=0.9, eps=1e-7)
    cut = int(len(y) * (1 - work["validation_split"]))
    for epoch in range(work["epochs"]):
        began = time.perf_counter()
        order = torch.from_numpy(np.random.default_rng((work["seed"], epoch)).permutation(cut))
        loss, acc = run_epoch(model, x[:cut], y[:cut], work["batch_size"], optimizer, order)
        with torch.no_grad():
            val_loss, val_acc = run_epoch(model, x[cut:], y[cut:], work["batch_size"])
        seconds = time.perf_counter() - began
        say("epoch", epoch=epoch + 1, loss=loss, acc=acc, val_loss=val_loss, val_acc=val_acc, seconds=seconds, peakBytes=peak_bytes())
    say("done")


if __name__ == "__main__":
    main(*sys.argv[1:])
