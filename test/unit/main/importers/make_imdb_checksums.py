"""Writes imdb-checksums.json beside this script: the lecture's arrays as real Keras makes them. Needs keras.

Usage: python make_imdb_checksums.py PATH_TO/imdb.npz
"""
import hashlib
import json
import pathlib
import sys

import keras
import numpy as np
from keras.src.datasets import imdb

# The file at hand instead of a download; everything after that is Keras's own.
imdb.get_file = lambda **_: sys.argv[1]


def sha256(array, dtype):
    return hashlib.sha256(np.ascontiguousarray(array, dtype=dtype).tobytes()).hexdigest()


def checksums(**padding):
    (x_train, y_train), (x_test, y_test) = keras.datasets.imdb.load_data(num_words=10000)
    pad = keras.utils.pad_sequences
    return {
        **padding,
        "x_train": sha256(pad(x_train, **padding), "<i4"),
        "x_test": sha256(pad(x_test, **padding), "<i4"),
        "y_train": sha256(y_train, "<f4"),
        "y_test": sha256(y_test, "<f4"),
    }


cases = [
    checksums(maxlen=500, padding="pre", truncating="pre"),
    checksums(maxlen=200, padding="post", truncating="post"),
]
target = pathlib.Path(__file__).with_name("imdb-checksums.json")
target.write_text(json.dumps({"keras": keras.__version__, "num_words": 10000, "cases": cases}, indent=2) + "\n")
