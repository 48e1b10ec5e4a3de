"""IMDB as keras.datasets.imdb.load_data and keras.utils.pad_sequences give it, from a local imdb.npz."""

import numpy as np


def load_training_split(path, num_words, maxlen, limit=None):
    return load_split(path, "train", num_words, maxlen, limit)


def load_split(path, split, num_words, maxlen, limit=None):
    """The 25,000 reviews of a split, pre-padded and pre-truncated (examples, maxlen) int32, and their labels float32."""
    with np.load(path, allow_pickle=True) as file:
        reviews, labels = file[f"x_{split}"], file[f"y_{split}"]
    order = np.arange(len(reviews))
    np.random.RandomState(113).shuffle(order)
    order = order[:limit]
    padded = np.zeros((len(order), maxlen), "int32")
    for row, index in enumerate(order):
        ids = [1] + [word + 3 for word in reviews[index]]
        ids = [word if word < num_words else 2 for word in ids][-maxlen:]
        padded[row, maxlen - len(ids) :] = ids
    return padded, labels[order].astype("float32")
