"""Writes keras-pad-sequences.json beside this script: what Keras's own pad_sequences makes of some sequences. Needs keras."""
import itertools
import json
import pathlib

import keras

SEQUENCES = [[], [7], [1, 2, 3], [1, 2, 3, 4, 5, 6, 7], [9] * 4]
SERIES = [[[0.5, -1.0]], [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]]
cases = []
for maxlen, padding, truncating in itertools.product((1, 4, 9), ("pre", "post"), ("pre", "post")):
    options = {"maxlen": maxlen, "padding": padding, "truncating": truncating}
    cases.append({
        **options,
        "padded": keras.utils.pad_sequences(SEQUENCES, **options).tolist(),
        "series": keras.utils.pad_sequences(SERIES, dtype="float32", **options).tolist(),
    })
target = pathlib.Path(__file__).with_name("keras-pad-sequences.json")
target.write_text(json.dumps({"sequences": SEQUENCES, "series": SERIES, "cases": cases}) + "\n")
