"""Models that Keras saves, each with one parameter of one layer changed: `python make_parameter_models.py FOLDER KIND`.

What Keras predicts with each goes into `KIND.json` beside them. A name that ends in "refused" is of a model that a graph of
layers with one output each cannot be.
"""
import json
import pathlib
import sys

import numpy as np

import keras
from keras import layers
from keras.src.activations import ALL_OBJECTS_DICT

FOLDER, KIND = pathlib.Path(sys.argv[1]), sys.argv[2]
T, D, V, ROWS = 9, 6, 13, 4
RNG = np.random.default_rng(7)

# A threshold asks for two numbers, which no layer's parameter can give; glu halves a state, so that no cell can have it.
ACTIVATIONS = sorted(set(ALL_OBJECTS_DICT) - {"threshold", "linear"})
CELLS = {"SimpleRNN": ["activation"], "LSTM": ["activation", "recurrent_activation"], "GRU": ["activation", "recurrent_activation"]}


def ids():
    """Padded behind, padded before, with a hole, and whole."""
    rows = RNG.integers(1, V, (ROWS, T)).astype("int32")
    rows[0, 5:], rows[1, :4], rows[2, 3] = 0, 0, 0
    return rows


def values(*shape):
    return RNG.normal(0, 1.5, (ROWS, *shape)).astype("float32")


def sequence(*behind, mask=None, shape=(T, D)):
    """The layers on values, or on embedded ids where it is said whether those are masked."""
    if mask is None:
        return [keras.Input(shape), *behind], values(*shape)
    return [keras.Input((T,), dtype="int32"), layers.Embedding(V, D, mask_zero=mask), *behind], ids()


def activations():
    for name in ACTIVATIONS:
        yield f"Activation {name}", sequence(layers.Activation(name))
        yield f"Dense {name}", sequence(layers.Dense(4, activation=name))
        yield f"Conv1D {name}", sequence(layers.Conv1D(4, 3, activation=name))


def gates():
    for name in ACTIVATIONS:
        for type_, parameters in CELLS.items():
            for parameter in parameters if name != "glu" else []:
                cell = getattr(layers, type_)(4, **{parameter: name})
                yield f"{type_} {parameter} {name}", sequence(cell, mask=True)


def cells():
    for type_, parameters in CELLS.items():
        own = [{"unit_forget_bias": False}] if type_ == "LSTM" else [{"reset_after": False}] if type_ == "GRU" else []
        common = [
            {"use_bias": False}, {"go_backwards": True}, {"dropout": 0.3}, {"recurrent_dropout": 0.3}, {"unroll": True},
            {"kernel_regularizer": "l2"}, {"recurrent_constraint": "unit_norm"}, {"kernel_initializer": "he_normal"},
            {"zero_output_for_mask": True}, {"zero_output_for_mask": True, "go_backwards": True}, {"stateful": False},
        ]  # fmt: skip
        for config in [{}, *common, *own]:
            for sequences in [False, True]:
                for mask in [True] if config else [False, True]:
                    cell = getattr(layers, type_)(4, return_sequences=sequences, **config)
                    yield f"{type_} {config} sequences {sequences} mask {mask}", sequence(cell, mask=mask)


def directions():
    for type_ in CELLS:
        cell = lambda units=4, kind=type_, **more: getattr(layers, kind)(units, **more)
        for sequences in [False, True]:
            for mask in [False, True]:
                for merge in ["concat", "sum", "mul", "ave"]:
                    both = layers.Bidirectional(cell(return_sequences=sequences), merge_mode=merge)
                    yield f"Bidirectional {type_} {merge} sequences {sequences} mask {mask}", sequence(both, mask=mask)
                back = cell(return_sequences=sequences, go_backwards=True, activation="relu", use_bias=False)
                both = layers.Bidirectional(cell(return_sequences=sequences), backward_layer=back)
                yield f"Bidirectional {type_} with another {type_} sequences {sequences} mask {mask}", sequence(both, mask=mask)
                for other in set(CELLS) - {type_}:
                    back = cell(kind=other, return_sequences=sequences, go_backwards=True)
                    both = layers.Bidirectional(cell(return_sequences=sequences), backward_layer=back, merge_mode="sum")
                    yield f"Bidirectional {type_} and {other} sequences {sequences} mask {mask}", sequence(both, mask=mask)
        first = layers.Bidirectional(cell(go_backwards=True), backward_layer=cell())
        yield f"Bidirectional {type_} backwards first", sequence(first, mask=True)


def windows():
    # Where as many filters as steps come out, TensorFlow on processors gives channels_first with its axes exchanged.
    conv = {"filters": 8, "kernel_size": 3}
    for config in [
        {}, {"strides": 2}, {"padding": "same"}, {"padding": "causal"}, {"dilation_rate": 2}, {"use_bias": False}, {"groups": 2},
        {"groups": 2, "padding": "same", "strides": 2, "activation": "softmax"}, {"data_format": "channels_first"},
        {"data_format": "channels_first", "activation": "softmax"},
        {"data_format": "channels_first", "padding": "same", "groups": 3, "activation": "relu", "filters": 3},
    ]:  # fmt: skip
        yield f"Conv1D {config}", sequence(layers.Conv1D(**{**conv, **config}))
    for type_ in [layers.MaxPooling1D]:
        for config in [{}, {"pool_size": 3}, {"strides": 1}, {"padding": "same"}, {"data_format": "channels_first"}]:
            yield f"{type_.__name__} {config}", sequence(type_(**config))
    for type_ in [layers.GlobalMaxPooling1D, layers.GlobalAveragePooling1D]:
        first = {"data_format": "channels_first"}
        for config in [{}, {"keepdims": True}, first, {**first, "keepdims": True}]:
            yield f"{type_.__name__} {config}", sequence(type_(**config))
            if config.get("data_format") is None:
                yield f"{type_.__name__} {config} masked", sequence(type_(**config), mask=True)
    yield "Flatten channels_first", sequence(layers.Flatten(data_format="channels_first"))
    yield "Flatten", sequence(layers.Flatten())


def others():
    for config in [
        {}, {"axis": 1}, {"axis": 2}, {"axis": [1, 2]}, {"axis": [-2, -1]}, {"axis": -2}, {"epsilon": 0.1}, {"center": False},
        {"scale": False}, {"rms_scaling": True}, {"rms_scaling": True, "scale": False, "axis": [1, 2]},
    ]:  # fmt: skip
        yield f"LayerNormalization {config}", sequence(layers.LayerNormalization(**config))
    yield "LayerNormalization of states", sequence(layers.LSTM(4), layers.LayerNormalization(axis=1))
    for noise in [None, (None, 1, D), (None, T, 1), (ROWS, 1, None)]:
        yield f"Dropout {noise}", sequence(layers.Dropout(0.4, noise_shape=noise, seed=3))
    yield "Dense without bias", sequence(layers.Dense(3, use_bias=False))
    for mask in [False, True]:
        yield f"Embedding mask {mask}", sequence(layers.Dense(3), mask=mask)
    yield "Embedding orthogonal", (
        [keras.Input((T,), dtype="int32"), layers.Embedding(V, D, embeddings_initializer="orthogonal")],
        ids(),
    )


def functional(after, mask, **batch):
    """A model with what a function makes of values, or of embedded ids; values may come in batches of one size."""
    if mask is None:
        words = keras.Input((T, D), **batch)
        return keras.Model(words, after(words)), values(T, D)
    words = keras.Input((T,), dtype="int32", **batch)
    return keras.Model(words, after(layers.Embedding(V, D, mask_zero=mask)(words))), ids()


def recurrent_outputs(type_):
    cell = lambda **more: getattr(layers, type_)(4, return_state=True, **more)
    dense = lambda x: layers.Dense(3)(x)
    for sequences in [False, True]:
        yield f"output, sequences {sequences}", lambda x, s=sequences: cell(return_sequences=s)(x)[0]
        yield f"state h, sequences {sequences}", lambda x, s=sequences: dense(cell(return_sequences=s, go_backwards=True)(x)[1])
    yield "state h as the model's output", lambda x: cell()(x)[1]
    yield "output and state h", lambda x: layers.Concatenate()([*cell()(x)[:2], layers.GlobalMaxPooling1D()(x)])

    def both(x):
        steps, state, *_ = cell(return_sequences=True)(x)
        return layers.Concatenate()([layers.GlobalMaxPooling1D()(steps), state])

    yield "sequence and state h, refused", both
    yield "state h beside zeros, refused", lambda x: cell(zero_output_for_mask=True)(x)[1]
    yield "last state of a decoder, refused", lambda x: getattr(layers, type_)(4)(x, initial_state=cell()(x)[1:])
    if type_ == "LSTM":
        yield "state c, refused", lambda x: dense(cell()(x)[2])
        yield "all, refused", lambda x: layers.Concatenate()(cell()(x))
    for merge in ["concat", "ave", None]:
        both = lambda x, m=merge: layers.Bidirectional(cell(), merge_mode=m)(x)
        yield f"Bidirectional {merge}", lambda x, b=both: dense(b(x)[0])
        yield f"states of Bidirectional {merge}, refused", lambda x, b=both: layers.Concatenate()(b(x)[-2:])


def direction_outputs(type_):
    def both(sequences, other=False):
        cell = lambda **more: getattr(layers, type_)(4, return_sequences=sequences, **more)
        back = cell(go_backwards=True, activation="relu", use_bias=False) if other else None
        return layers.Bidirectional(cell(), backward_layer=back, merge_mode=None)

    for sequences in [False, True]:
        for merging in ["Concatenate", "Add", "Average", "Multiply"]:
            merge = getattr(layers, merging)
            yield f"{merging}, sequences {sequences}", lambda x, m=merge, s=sequences: m()(both(s)(x))
            yield f"{merging} of another, sequences {sequences}", lambda x, m=merge, s=sequences: m()(both(s, True)(x))
            refused = ", refused" if sequences and merging == "Concatenate" else ""
            turned = lambda x, m=merge, s=sequences: m()(both(s)(x)[::-1])
            yield f"{merging} turned, sequences {sequences}{refused}", turned
        other = ", refused" if sequences else ""
        for i, direction in enumerate(["forward", f"backward{other}"]):
            yield f"only {direction} of sequences {sequences}", lambda x, i=i, s=sequences: layers.Dense(3)(both(s, True)(x)[i])
        apart = lambda x, s=sequences: layers.Add()([layers.Dense(3)(y) for y in both(s, s)(x)])
        yield f"apart, sequences {sequences}{other}", apart
        axis = lambda x, s=sequences: layers.Concatenate(axis=2 if s else 1)(both(s)(x))
        yield f"Concatenate with its axis counted from the front, sequences {sequences}", axis
    yield "Concatenate in time, refused", lambda x: layers.Concatenate(axis=1)(both(True)(x))
    yield "three", lambda x: layers.Concatenate()([*both(False)(x), layers.GlobalMaxPooling1D()(x)])
    yield "stacked", lambda x: layers.Add()(both(False, True)(layers.Concatenate()(both(True)(x))))


def states():
    for type_ in CELLS:
        for mask in [None, True]:
            for name, after in recurrent_outputs(type_):
                yield f"{type_} return_state mask {mask}: {name}", functional(after, mask)


def apart():
    for type_ in CELLS:
        for mask in [None, True]:
            for name, after in direction_outputs(type_):
                yield f"{type_} merge_mode None mask {mask}: {name}", functional(after, mask)
        for merge in [layers.Concatenate(), layers.Add()]:
            both = layers.Bidirectional(getattr(layers, type_)(4, return_sequences=True), merge_mode=None)
            yield f"{type_} merge_mode None in a Sequential", (keras.Sequential([keras.Input((T, D)), both, merge]), values(T, D))


def masks():
    read = lambda units=D, **more: layers.LSTM(units, return_sequences=True, **more)
    for merging in ["Concatenate", "Add"]:
        merge = lambda *inputs, kind=merging: getattr(layers, kind)()(inputs)
        yield f"{merging} of masked", functional(lambda x: layers.GRU(3)(merge(read()(x), read()(x))), True)
        yield f"{merging} around", functional(lambda x: layers.Bidirectional(layers.GRU(3))(merge(x, read()(x), x)), True)
        deep = lambda x: merge(x, merge(read()(x), layers.Dense(D)(x)))
        yield f"{merging} of {merging}", functional(lambda x: layers.GlobalAveragePooling1D()(deep(x)), True)
        unmasked = lambda x: layers.GRU(3)(merge(x, layers.Conv1D(D, 3, padding="same")(x)))
        refused = ", refused" if merging == "Concatenate" else ""
        yield f"{merging} with unmasked{refused}", functional(unmasked, True)
    joined = lambda x: layers.GRU(3)(layers.Concatenate(axis=2)([x, read(3)(x)]))
    yield "Concatenate with its axis counted from the front", functional(joined, True)
    behind = lambda x: layers.GRU(3)(layers.Concatenate(axis=1)([x, read()(x)]))
    yield "Concatenate in time, refused", functional(behind, True)


def stateful():
    for type_ in CELLS:
        cell = lambda kind=type_, **more: getattr(layers, kind)(4, stateful=True, **more)
        for mask in [None, True]:
            for sequences in [False, True]:
                name = f"{type_} stateful mask {mask} sequences {sequences}"
                yield name, functional(lambda x, s=sequences: cell(return_sequences=s)(x), mask, batch_size=ROWS)
            both = lambda x: layers.Bidirectional(cell())(layers.Bidirectional(cell(return_sequences=True), merge_mode="sum")(x))
            yield f"{type_} stateful mask {mask} in both directions", functional(both, mask, batch_size=ROWS)
            state = lambda x: cell(return_state=True)(x)[1]
            yield f"{type_} stateful mask {mask} and its state h", functional(state, mask, batch_size=ROWS)


def build(parts):
    if isinstance(parts, keras.Model):
        return parts
    x = parts[0]
    for layer in parts[1:]:
        x = layer(x)
    return keras.Model(parts[0], x)


KINDS = {
    "activations": activations, "gates": gates, "cells": cells, "directions": directions, "windows": windows, "others": others,
    "states": states, "apart": apart, "masks": masks, "stateful": stateful,
}  # fmt: skip


def main():
    cases = []
    for i, (name, (parts, inputs)) in enumerate(KINDS[KIND]()):
        model = build(parts)
        # Gates without an upper end let states grow without one.
        spread = 0.2 if "recurrent_activation" in name or name.endswith("exponential") else 0.6
        for weight in model.weights:
            if weight.dtype == "float32":
                weight.assign(RNG.normal(0, spread, weight.shape).astype("float32"))
        files = [f"{KIND}-{i}.keras", *([f"{KIND}-{i}.h5"] if KIND in ["states", "apart", "masks", "stateful"] else [])]
        for file in files:
            model.save(FOLDER / file)
        outputs = np.asarray(model(inputs, training=False)).reshape(-1).tolist()
        dtype = "int32" if inputs.dtype == "int32" else "float32"
        shape = list(inputs.shape)
        case = {"name": name, "inputs": inputs.reshape(-1).tolist(), "shape": shape, "dtype": dtype, "outputs": outputs}
        cases += [{"file": file, **case} for file in files]
        keras.backend.clear_session()
    (FOLDER / f"{KIND}.json").write_text(json.dumps(cases, allow_nan=False))


main()
