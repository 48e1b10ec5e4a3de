"""The cases that make_fixtures.py turns into numbers, by topic. Every topic becomes one fixture file.

Letters: B batch, T time, V vocabulary, D input width, U units.
"""

import itertools
import zlib
from dataclasses import dataclass, field

import numpy as np

from keras_models import chain, graph_of

STEPS = 3

OPTIMIZERS = {
    "rmsprop": {"name": "rmsprop"},
    "adam": {"name": "adam", "learning_rate": 0.01},
    "sgd momentum": {"name": "sgd", "learning_rate": 0.05, "momentum": 0.9},
    "sgd nesterov": {"name": "sgd", "learning_rate": 0.05, "momentum": 0.9, "nesterov": True},
    "rmsprop momentum": {"name": "rmsprop", "learning_rate": 0.005, "rho": 0.8, "momentum": 0.5},
    "rmsprop centered": {"name": "rmsprop", "learning_rate": 0.005, "centered": True},
    "adam clipnorm": {"name": "adam", "learning_rate": 0.01, "beta_1": 0.8, "beta_2": 0.99, "clipnorm": 0.05},
    "rmsprop clipvalue": {"name": "rmsprop", "learning_rate": 0.01, "clipvalue": 0.01},
    "sgd global_clipnorm": {"name": "sgd", "learning_rate": 0.1, "global_clipnorm": 0.1},
    "sgd": {"name": "sgd"},
    "rmsprop momentum centered": {"name": "rmsprop", "momentum": 0.9, "centered": True, "epsilon": 1e-3},
    "sgd clipnorm": {"name": "sgd", "learning_rate": 0.1, "clipnorm": 0.02},
}


@dataclass
class Case:
    name: str
    graph: dict
    inputs: dict
    targets: np.ndarray
    batch: int
    optimizer: dict | None
    loss: str = "binary_crossentropy"
    metrics: list = field(default_factory=lambda: ["acc"])
    # Weights: `random` fills every variable, biases too; `keras` keeps Keras's initial values.
    weights: str = "random"
    # A factor on the random weights; large ones saturate sigmoid and softmax.
    scale: float = 1.0


def generator(name):
    return np.random.default_rng(zlib.crc32(name.encode()))


def tokens(name, rows, T, V, padding):
    """Ids from 1, and 0 where padded. Rows: full, one token, two with equal starts, then whatever comes."""
    rng = generator(name)
    ids = rng.integers(1, V, (rows, T)).astype("int32")
    lengths = rng.integers(1, T + 1, rows)
    lengths[:4] = [T, 1, T // 2, T // 2]
    for row, length in enumerate(lengths):
        if padding == "pre":
            ids[row, : T - length] = 0
        elif padding == "post":
            ids[row, length:] = 0
        elif padding == "holes":
            ids[row, rng.random(T) < 0.4] = 0
    if padding == "holes":
        ids[1] = 0
    return ids


def labels(name, rows):
    return generator(name + " labels").integers(0, 2, (rows, 1)).astype("float32")


def values(name, *shape):
    return generator(name + " values").normal(0, 1, shape).astype("float32")


turn = itertools.count()


def next_optimizer():
    names = list(OPTIMIZERS)
    return OPTIMIZERS[names[next(turn) % len(names)]]


def token_case(name, *nodes, padding="none", mask=False, B=6, T=9, V=23, E=5, **more):
    """Input and Embedding, then the nodes given, then Dense(1, sigmoid), on labelled token sequences."""
    rows = STEPS * B
    embedding = {"input_dim": V, "output_dim": E, **({"mask_zero": True} if mask else {})}
    graph = chain(
        name.replace(" ", "-").replace(",", ""),
        ("Input", {"shape": [T], "dtype": "int32"}),
        ("Embedding", embedding),
        *nodes,
        ("Dense", {"units": 1, "activation": "sigmoid"}),
    )
    more = {"optimizer": more.pop("optimizer", None) or next_optimizer(), **more}
    return Case(name, graph, {"input_layer": tokens(name, rows, T, V, padding)}, labels(name, rows), B, **more)


def value_case(name, *nodes, B=6, T=9, D=3, **more):
    """Input of T steps of D numbers, then the nodes given."""
    rows = STEPS * B
    graph = chain(name.replace(" ", "-").replace(",", ""), ("Input", {"shape": [T, D] if T else [D]}), *nodes)
    more = {"targets": labels(name, rows), "optimizer": next_optimizer(), **more}
    return Case(name, graph, {"input_layer": values(name, rows, *([T, D] if T else [D]))}, batch=B, **more)


def recurrent_cases(type_, config, title):
    """Masked and not, padded and not, both directions, last state and sequence: all sixteen, and a mask with holes."""
    cases = []
    for mask, padding, backwards, sequences in itertools.product([False, True], ["none", "pre"], [False, True], [False, True]):
        options = {
            **({"go_backwards": True} if backwards else {}),
            **({"return_sequences": True} if sequences else {}),
        }
        words = [title, *(["masked"] if mask else []), *(["padded"] if padding == "pre" else []), *options]
        tail = [("GlobalAveragePooling1D", {})] if sequences else []
        layer = (type_, {"units": 4, **config, **options})
        cases.append(token_case(" ".join(words), layer, *tail, padding=padding, mask=mask))
    for padding in ["holes", "post"]:
        for sequences in [False, True]:
            name = f"{title} masked {padding}{' return_sequences' if sequences else ''}"
            tail = [("Flatten", {})] if sequences else []
            layer = (type_, {"units": 4, **config, **({"return_sequences": True} if sequences else {})})
            cases.append(token_case(name, layer, *tail, padding=padding, mask=True))
    for units in [1, 7]:
        name = f"{title} values, {units} units"
        layer = (type_, {"units": units, **config, "return_sequences": True})
        cases.append(value_case(name, layer, ("Flatten", {}), ("Dense", {"units": 1, "activation": "sigmoid"})))
    return cases


def option_cases():
    """Activations and switches that the lecture leaves at their defaults."""
    cases = []
    for type_, gated in [("SimpleRNN", False), ("LSTM", True), ("GRU", True), ("BookLSTM", True)]:
        variants = [{"activation": "sigmoid"}, {"activation": "relu"}, {"activation": "linear"}]
        if gated:
            variants += [{"recurrent_activation": "hard_sigmoid"}, {"activation": "softsign", "recurrent_activation": "tanh"}]
        if type_ != "BookLSTM":
            variants.append({"use_bias": False})
        if type_ == "GRU":
            variants.append({"use_bias": False, "reset_after": False})
        for variant in variants:
            name = f"{type_} {' '.join(f'{key} {value}' for key, value in variant.items())}"
            cases.append(token_case(name, (type_, {"units": 4, **variant}), padding="pre", scale=0.6))
    return cases


def stacked_cases():
    cases = []
    for depth, mask, padding in itertools.product([2, 4], [False, True], ["none", "pre"]):
        below = [("SimpleRNN", {"units": 4, "return_sequences": True})] * (depth - 1)
        name = f"{depth} SimpleRNN{' masked' if mask else ''}{' padded' if padding == 'pre' else ''}"
        cases.append(token_case(name, *below, ("SimpleRNN", {"units": 4}), mask=mask, padding=padding))
    mixed = [("LSTM", {"units": 5, "return_sequences": True}), ("GRU", {"units": 3, "return_sequences": True})]
    for mask in [False, True]:
        name = f"LSTM, GRU and SimpleRNN{' masked' if mask else ''} padded"
        cases.append(token_case(name, *mixed, ("SimpleRNN", {"units": 4, "go_backwards": True}), mask=mask, padding="pre"))
    return cases


def bidirectional_cases():
    cases = []
    for type_ in ["LSTM", "GRU", "SimpleRNN"]:
        for mask, sequences in itertools.product([False, True], [False, True]):
            inner = {"units": 3, **({"return_sequences": True} if sequences else {})}
            layer = ("Bidirectional", {"layer": {"class_name": type_, "config": inner}})
            tail = [("Flatten", {})] if sequences else []
            name = f"Bidirectional {type_}{' masked' if mask else ''} padded{' return_sequences' if sequences else ''}"
            cases.append(token_case(name, layer, *tail, mask=mask, padding="pre"))
    for merge in ["sum", "mul", "ave"]:
        layer = ("Bidirectional", {"layer": {"class_name": "LSTM", "config": {"units": 3}}, "merge_mode": merge})
        cases.append(token_case(f"Bidirectional LSTM {merge}", layer, padding="pre"))
    return cases


def layer_cases():
    """Layers around the recurrent ones."""
    rnn = ("SimpleRNN", {"units": 4})
    sequence = ("LSTM", {"units": 4, "return_sequences": True})
    conv = {"filters": 4, "kernel_size": 3}
    chains = {
        "Conv1D and GlobalMaxPooling1D": [("Conv1D", {**conv, "activation": "relu"}), ("GlobalMaxPooling1D", {})],
        "Conv1D same, MaxPooling1D, LSTM": [("Conv1D", {**conv, "padding": "same"}), ("MaxPooling1D", {"pool_size": 2}), ("LSTM", {"units": 3})],
        "Conv1D causal dilated": [("Conv1D", {**conv, "padding": "causal", "dilation_rate": 2}), ("Flatten", {})],
        "Conv1D strided": [("Conv1D", {**conv, "strides": 2, "use_bias": False}), ("Flatten", {})],
        "Conv1D same strided": [("Conv1D", {**conv, "padding": "same", "strides": 2}), ("Flatten", {})],
        "MaxPooling1D same strided": [sequence, ("MaxPooling1D", {"pool_size": 3, "strides": 2, "padding": "same"}), ("Flatten", {})],
        "GlobalAveragePooling1D": [("GlobalAveragePooling1D", {})],
        "Flatten": [("Flatten", {})],
        "LayerNormalization after states": [rnn, ("LayerNormalization", {})],
        "LayerNormalization in a stack": [sequence, ("LayerNormalization", {"epsilon": 0.01}), rnn],
        "LayerNormalization plain": [rnn, ("LayerNormalization", {"center": False, "scale": False})],
        "Dropout none": [rnn, ("Dropout", {"rate": 0.0})],
        "Dense on every step": [sequence, ("Dense", {"units": 3, "activation": "tanh"}), ("Flatten", {})],
        "Dense without bias": [rnn, ("Dense", {"units": 3, "use_bias": False, "activation": "relu"})],
    }
    for activation in ["relu", "tanh", "sigmoid", "softmax", "elu", "selu", "softplus", "softsign", "linear"]:
        chains[f"Activation {activation}"] = [rnn, ("Dense", {"units": 4}), ("Activation", {"activation": activation})]
    cases = [token_case(name, *nodes, padding="pre") for name, nodes in chains.items()]
    pooled = [sequence, ("GlobalAveragePooling1D", {})]
    cases.append(token_case("LayerNormalization masked in a stack", sequence, ("LayerNormalization", {}), rnn, padding="pre", mask=True))
    cases.append(token_case("Dropout masked in a stack", sequence, ("Dropout", {"rate": 0.0}), rnn, padding="pre", mask=True))
    cases.append(token_case("Dense masked in a stack", sequence, ("Dense", {"units": 3}), rnn, padding="pre", mask=True))
    cases.append(token_case("Activation masked in a stack", sequence, ("Activation", {"activation": "relu"}), rnn, padding="pre", mask=True))
    cases.append(token_case("GlobalAveragePooling1D masked", *pooled, padding="pre", mask=True))
    return cases + [merge_case(merge, mask) for merge in ["Concatenate", "Add"] for mask in [False, True]]


def parameter_cases():
    """Parameters and activations that few models set."""
    rnn = ("SimpleRNN", {"units": 4})
    sequence = ("LSTM", {"units": 4, "return_sequences": True})
    conv = {"filters": 4, "kernel_size": 3}
    first = {"data_format": "channels_first"}
    names = "relu6 leaky_relu celu gelu silu mish squareplus sparse_plus exponential hard_sigmoid hard_silu hard_tanh hard_shrink "
    names += "soft_shrink tanh_shrink log_sigmoid sparse_sigmoid log_softmax sparsemax"
    chains = {f"Activation {name}": [rnn, ("Dense", {"units": 4}), ("Activation", {"activation": name})] for name in names.split()}
    for type_, activation, gate in [
        ("SimpleRNN", "silu", None), ("SimpleRNN", "log_softmax", None), ("LSTM", "gelu", "hard_silu"), ("LSTM", "sparsemax", "sparse_sigmoid"),
        ("GRU", "hard_tanh", "softmax"), ("GRU", "mish", "hard_sigmoid"), ("BookLSTM", "soft_shrink", "sparse_sigmoid"),
    ]:  # fmt: skip
        gates = {"recurrent_activation": gate} if gate else {}
        chains[" ".join([type_, activation, *gates.values()])] = [(type_, {"units": 4, "activation": activation, **gates})]
    chains |= {
        "Conv1D in groups": [("Conv1D", {**conv, "groups": 2, "activation": "relu"}), ("Flatten", {})],
        "Conv1D same strided in groups": [("Conv1D", {**conv, "padding": "same", "strides": 2, "groups": 4, "activation": "softmax"}), ("Flatten", {})],
        "Flatten channels_first": [sequence, ("Flatten", first)],
        "MaxPooling1D channels_first": [("MaxPooling1D", {"pool_size": 2, **first}), ("Flatten", {})],
        "GlobalMaxPooling1D channels_first": [("GlobalMaxPooling1D", first)],
        "GlobalAveragePooling1D channels_first keepdims": [("GlobalAveragePooling1D", {**first, "keepdims": True}), ("Flatten", {})],
        "GlobalMaxPooling1D keepdims": [sequence, ("GlobalMaxPooling1D", {"keepdims": True}), rnn],
        "LayerNormalization over steps": [sequence, ("LayerNormalization", {"axis": 1}), rnn],
        "LayerNormalization over steps and features": [sequence, ("LayerNormalization", {"axis": [1, 2]}), rnn],
        "LayerNormalization rms_scaling": [sequence, ("LayerNormalization", {"rms_scaling": True}), rnn],
        "LayerNormalization rms_scaling over steps": [sequence, ("LayerNormalization", {"rms_scaling": True, "axis": [-2]}), rnn],
        "Dropout with a shape": [sequence, ("Dropout", {"rate": 0.0, "noise_shape": [None, 1, None]}), rnn],
    }
    cases = [token_case(name, *nodes, padding="pre", E=4) for name, nodes in chains.items()]
    cases.append(token_case("GlobalAveragePooling1D keepdims masked", ("GlobalAveragePooling1D", {"keepdims": True}), rnn, padding="pre", mask=True))
    for type_, backwards, sequences in itertools.product(["SimpleRNN", "LSTM", "GRU"], [False, True], [False, True]):
        config = {"units": 3, "zero_output_for_mask": True, "go_backwards": backwards, "return_sequences": sequences}
        name = f"{type_} zeros{' go_backwards' if backwards else ''}{' return_sequences' if sequences else ''}"
        tail = [("Flatten", {})] if sequences else []
        cases.append(token_case(name, (type_, config), *tail, padding="holes", mask=True))
    return cases


def merge_case(merge, mask, B=6, T=9, V=23):
    """Two branches from one embedding, merged step by step and read by an LSTM."""
    name = f"{merge} of two branches{' masked' if mask else ''}"
    branch = {"units": 3, "return_sequences": True}
    nodes = [
        {"id": "input_layer", "type": "Input", "config": {"shape": [T], "dtype": "int32"}, "inputs": []},
        {"id": "embedding", "type": "Embedding", "config": {"input_dim": V, "output_dim": 4, "mask_zero": mask}, "inputs": ["input_layer"]},
        {"id": "left", "type": "SimpleRNN", "config": branch, "inputs": ["embedding"]},
        {"id": "right", "type": "GRU", "config": branch, "inputs": ["embedding"]},
        {"id": "merged", "type": merge, "config": {}, "inputs": ["left", "right"]},
        {"id": "lstm", "type": "LSTM", "config": {"units": 3}, "inputs": ["merged"]},
        {"id": "dense", "type": "Dense", "config": {"units": 1, "activation": "sigmoid"}, "inputs": ["lstm"]},
    ]
    rows = STEPS * B
    graph = graph_of(name.replace(" ", "-"), nodes)
    return Case(name, graph, {"input_layer": tokens(name, rows, T, V, "pre")}, labels(name, rows), B, next_optimizer())


def optimizer_cases():
    cases = []
    for name, optimizer in OPTIMIZERS.items():
        lstm = ("LSTM", {"units": 4})
        cases.append(token_case(f"{name}, embedding and LSTM", lstm, padding="pre", optimizer=optimizer))
        dense = [("Dense", {"units": 4, "activation": "tanh"}), ("Dense", {"units": 1, "activation": "sigmoid"})]
        cases.append(value_case(f"{name}, dense", *dense, T=None, optimizer=optimizer))
    return cases


def loss_cases(B=8, K=4):
    rows = STEPS * B
    classes = generator("classes").integers(0, K, rows)
    one_hot = np.eye(K, dtype="float32")[classes]
    numbers = values("numbers", rows, 2)
    cases = []
    for scale, how in [(1.0, ""), (40.0, ", saturated")]:
        settings = {"T": None, "B": B, "scale": scale, "metrics": ["acc", "mse", "mae"]}
        sigmoid, softmax = {"units": 1, "activation": "sigmoid"}, {"units": K, "activation": "softmax"}
        cases += [
            value_case(f"binary_crossentropy{how}", ("Dense", sigmoid), **settings),
            value_case(f"categorical_crossentropy{how}", ("Dense", softmax), loss="categorical_crossentropy", targets=one_hot, **settings),
            value_case(
                f"sparse_categorical_crossentropy{how}",
                ("Dense", softmax),
                loss="sparse_categorical_crossentropy",
                targets=classes.reshape(-1, 1).astype("float32"),
                **{**settings, "metrics": ["acc"]},
            ),
        ]
    for loss in ["mse", "mae"]:
        cases.append(value_case(loss, ("Dense", {"units": 2}), loss=loss, targets=numbers, T=None, metrics=["mse", "mae"]))
        cases.append(
            value_case(f"{loss} of an LSTM", ("LSTM", {"units": 4}), ("Dense", {"units": 1}), loss=loss, targets=values(loss, 18, 1), metrics=["mae"])
        )
    relu = [("Dense", {"units": 1, "activation": "hard_sigmoid"})]
    cases.append(value_case("binary_crossentropy of a hard sigmoid", *relu, T=None, B=B, targets=labels("hard", rows)))
    return cases


def held_cases():
    """Regularizers and constraints of every layer's weights, alone and together; a norm that is reached and one that is not."""
    cases = []
    all_of = lambda of, what: {f"{one}_{what}": short for one, short in of.items()}
    three = {"kernel": "l2 0.01", "recurrent": "l1 0.003", "bias": "l1 0.02 l2 0.05"}
    held = {"kernel": "max_norm 0.4", "recurrent": "min_max_norm 0.3 0.5 rate 0.7", "bias": "non_neg"}
    for type_ in ["SimpleRNN", "LSTM", "GRU"]:
        layer = {"units": 4, **all_of(three, "regularizer")}
        cases.append(token_case(f"{type_} regularized", (type_, layer), padding="pre", optimizer=OPTIMIZERS["rmsprop"]))
        layer = {"units": 4, **all_of(held, "constraint")}
        cases.append(token_case(f"{type_} constrained", (type_, layer), padding="pre", optimizer=OPTIMIZERS["adam"]))
    unit = {"layer": {"class_name": "LSTM", "config": {"units": 3, **all_of(three, "regularizer"), "kernel_constraint": "unit_norm axis 1"}}}
    cases.append(token_case("Bidirectional LSTM held", ("Bidirectional", unit), padding="pre", optimizer=OPTIMIZERS["sgd nesterov"]))
    conv = {"filters": 4, "kernel_size": 3, "kernel_regularizer": "l1 0.01", "kernel_constraint": "max_norm 0.5 axis 0 1", "bias_constraint": "unit_norm"}
    sequence = ("LSTM", {"units": 4, "return_sequences": True})
    normal = {"beta_regularizer": "l2 0.1", "gamma_regularizer": "l1 0.05", "beta_constraint": "non_neg", "gamma_constraint": "max_norm 1.5"}
    dense = {"units": 1, "kernel_regularizer": "l1 0.01 l2 0.02", "bias_regularizer": "l2 0.5", "kernel_constraint": "min_max_norm 0.5 1"}
    chains = {
        "Conv1D held": ([("Conv1D", conv), ("GlobalMaxPooling1D", {})], "sgd global_clipnorm"),
        "LayerNormalization held": ([sequence, ("LayerNormalization", normal), ("Flatten", {})], "rmsprop momentum centered"),
        "Dense held": ([("GlobalMaxPooling1D", {}), ("Dense", dense)], "adam clipnorm"),
    }
    for name, (nodes, optimizer) in chains.items():
        cases.append(token_case(name, *nodes, padding="pre", optimizer=OPTIMIZERS[optimizer]))
    for short in ["l2 0.01", "l1 0.002"]:
        case = token_case(f"Embedding {short}", ("LSTM", {"units": 4}), padding="pre", mask=True, optimizer=OPTIMIZERS["rmsprop"])
        case.graph["nodes"][1]["config"] |= {"embeddings_regularizer": short, "embeddings_constraint": "max_norm 1 axis 1"}
        cases.append(case)
    return cases


def lecture_cases():
    """The lecture's shapes at a size that fits a repository; Keras's own initial weights."""
    real = {"B": 32, "T": 200, "V": 1000, "E": 32, "padding": "pre", "weights": "keras", "optimizer": OPTIMIZERS["rmsprop"]}
    return [token_case(f"lecture {type_}", (type_, {"units": 32}), **real) for type_ in ["SimpleRNN", "LSTM"]]


TOPICS = {
    "simple-rnn": lambda: recurrent_cases("SimpleRNN", {}, "SimpleRNN"),
    "lstm": lambda: recurrent_cases("LSTM", {}, "LSTM"),
    "gru": lambda: recurrent_cases("GRU", {}, "GRU"),
    "gru-reset-before": lambda: recurrent_cases("GRU", {"reset_after": False}, "GRU reset before"),
    "book-lstm": lambda: recurrent_cases("BookLSTM", {}, "BookLSTM"),
    "book-lstm-new": lambda: recurrent_cases("BookLSTM", {"output_sees": "new"}, "BookLSTM new carry"),
    "recurrent-options": option_cases,
    "stacked": stacked_cases,
    "bidirectional": bidirectional_cases,
    "layers": layer_cases,
    "parameters": parameter_cases,
    "optimizers": optimizer_cases,
    "losses": loss_cases,
    "held-weights": held_cases,
    "lecture": lecture_cases,
}
