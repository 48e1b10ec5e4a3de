"""Writes numpy-random-state.json beside this script: what NumPy's legacy RandomState yields. Needs numpy."""
import hashlib
import json
import pathlib

import numpy as np


def case(seed):
    state = np.random.RandomState(seed)
    words = state.randint(0, 2**32, size=1500, dtype=np.uint64).astype(np.uint32)
    doubles = np.random.RandomState(seed).random_sample(3)
    state = np.random.RandomState(seed)
    small = np.arange(10)
    state.shuffle(small)
    train, test = np.arange(25000), np.arange(25000)
    state.shuffle(train)
    state.shuffle(test)
    return {
        "seed": seed,
        "words": words[[0, 1, 623, 624, 1499]].tolist(),
        "doubles": doubles.tolist(),
        "shuffledTen": small.tolist(),
        "permutation": np.random.RandomState(seed).permutation(12).tolist(),
        "trainHead": train[:5].tolist(),
        "trainSha256": hashlib.sha256(train.astype("<u4").tobytes()).hexdigest(),
        "testSha256": hashlib.sha256(test.astype("<u4").tobytes()).hexdigest(),
    }


target = pathlib.Path(__file__).with_name("numpy-random-state.json")
cases = [case(seed) for seed in (0, 1, 113, 2**32 - 1)]
target.write_text(json.dumps({"numpy": np.__version__, "cases": cases}, indent=2) + "\n")
