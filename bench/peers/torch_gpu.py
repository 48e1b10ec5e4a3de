"""Trains a benchmark's work in PyTorch on a GPU, where its recurrent layers are cuDNN's, and prints the same events.

In an environment with `pip install torch numpy` (built for CUDA):

    python bench/peers/torch_gpu.py WORK.json IMDB.npz

The data lie on the device for the whole run, and losses are read back once an epoch. A work that says `"device": "cpu"` is run
on the processor instead, which only shows that this script works.
"""

import json
import sys
import time

import numpy as np
import torch
from torch import nn

from imdb import load_training_split
from torch_lecture import build, say


def run_epoch(model, x, y, batch_size, optimizer=None, order=None):
    """One pass; trains when an optimizer is given. Returns mean loss and accuracy."""
    total = torch.zeros((), device=y.device)
    right = torch.zeros((), device=y.device)
    for start in range(0, len(y), batch_size):
        rows = slice(start, start + batch_size) if order is None else order[start : start + batch_size]
        logits, wanted = model(x[rows])[:, 0], y[rows]
        loss = nn.functional.binary_cross_entropy_with_logits(logits, wanted)
        if optimizer:
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
        total += loss.detach() * len(wanted)
        right += ((logits > 0) == (wanted > 0.5)).sum()
    return total.item() / len(y), right.item() / len(y)


def main(work_path, imdb_path):
    with open(work_path) as file:
        work = json.load(file)
    device = torch.device(work["device"])
    if device.type == "cuda" and not torch.cuda.is_available():
        raise SystemExit(f"PyTorch {torch.__version__} sees no CUDA device here")
    x, y = (torch.from_numpy(a).to(device) for a in load_training_split(imdb_path, work["num_words"], work["maxlen"], work["limit"]))
    x = x.long()
    torch.manual_seed(work["seed"])
    model = build(work["graph"]).to(device)
    name = torch.cuda.get_device_name() if device.type == "cuda" else "processor"
    parameters = sum(p.numel() for p in model.parameters())
    # Its own default, which lets cuDNN round the factors of products to ten bits; Unroll computes in whole float32.
    tf32 = "with" if torch.backends.cudnn.allow_tf32 else "without"
    say("run", engine=f"PyTorch {torch.__version__}, cuDNN {torch.backends.cudnn.version()} {tf32} TF32, {name}", parameters=parameters)
    optimizer = torch.optim.RMSprop(model.parameters(), lr=0.001, alpha=0.9, eps=1e-7, foreach=True)
    cut = int(len(y) * (1 - work["validation_split"]))
    for epoch in range(work["epochs"]):
        began = time.perf_counter()
        order = torch.from_numpy(np.random.default_rng((work["seed"], epoch)).permutation(cut)).to(device)
        loss, acc = run_epoch(model, x[:cut], y[:cut], work["batch_size"], optimizer, order)
        with torch.no_grad():
            val_loss, val_acc = run_epoch(model, x[cut:], y[cut:], work["batch_size"])
        seconds = time.perf_counter() - began
        say("epoch", epoch=epoch + 1, loss=loss, acc=acc, val_loss=val_loss, val_acc=val_acc, seconds=seconds)
    say("done")


if __name__ == "__main__":
    main(*sys.argv[1:])
