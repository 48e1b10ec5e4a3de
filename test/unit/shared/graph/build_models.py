"""Builds the models whose Python code it reads (JSON, a list, on standard input) with real Keras, gives them the weights that
come along, runs them, and writes what they are (JSON, on standard output). Started by keras.test.ts.
"""

import contextlib
import io
import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np


def built(model):
    keras.backend.clear_session()
    keras.saving.get_custom_objects().clear()
    scope = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(model["code"], "model.py", "exec"), scope)
    made = scope["model"]
    for name, arrays in model.get("weights", {}).items():
        made.get_layer(name).set_weights([np.array(data, "float32").reshape(shape) for shape, data in arrays])
    answer = {
        "parameters": made.count_params(),
        "loss": made.loss,
        "shapes": {
            layer.name: list(layer.output.shape)
            for layer in made.layers
            if not isinstance(layer, keras.layers.InputLayer)
        },
    }
    if "input" in model:
        output = np.array(made(np.array(model["input"]), training=False))
        answer["output"] = np.where(np.isfinite(output), output, None).tolist()
    return answer


json.dump([built(model) for model in json.load(sys.stdin)], sys.stdout)
