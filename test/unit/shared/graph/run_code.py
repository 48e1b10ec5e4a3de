"""Runs every code/*.py with real Keras, prints its parameters, and compares the code's Book LSTM with the one the
conformance numbers were made with (test/conformance/keras_models.py): python run_code.py
"""

import os
import pathlib
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here.parents[2] / "conformance"))

import keras
import keras_models
import numpy as np

for path in sorted((here / "code").glob("*.py")):
    keras.backend.clear_session()
    scope = {}
    code = path.read_text().replace("model.summary()\n", "").replace('@keras.saving.register_keras_serializable("unroll")\n', "")
    exec(compile(code, path.name, "exec"), scope)
    model = scope["model"]
    print(path.stem, model.count_params(), [layer.name for layer in model.layers], model.loss)
    if "BookLSTM" not in scope:
        continue
    for sees in ("old", "new"):
        for options in ({}, {"go_backwards": True}, {"return_sequences": True, "activation": "softsign"}):
            x = np.random.default_rng(1).normal(size=(3, 6, 4)).astype("float32")
            ours = scope["BookLSTM"](5, output_sees=sees, **options)
            theirs = keras_models.BookLSTM(5, output_sees=sees, **options)
            ours(x), theirs(x)
            assert np.allclose(ours.cell.bias[5:10], 1) and np.allclose(ours.cell.bias[10:], 0)
            theirs.set_weights(ours.get_weights())
            difference = float(np.abs(ours(x) - theirs(x)).max())
            print("   ", sees, options, difference)
            assert difference < 1e-6
