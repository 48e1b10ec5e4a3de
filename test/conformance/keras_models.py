"""Builds real Keras models from Unroll's model graphs, and the one layer Keras does not have.

The graph is the JSON of src/shared/graph/graph.ts: nodes with a Keras class name, a config with Keras's parameter
names, and the ids they read.
"""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="unroll")
class BookLSTM(keras.layers.Layer):
    """The lecture's own LSTM pseudo-code, step by step, differentiated by TensorFlow.

    With state h (the previous output) and carry c, gates in the order i, f, k, o:
        i = recurrent_activation(x W_i + h U_i + b_i)
        f = recurrent_activation(x W_f + h U_f + b_f)
        k = activation(x W_k + h U_k + b_k)
        c' = i k + c f
        output = activation(x W_o + h U_o + seen V_o + b_o), seen = c (output_sees "old") or c' ("new")
    A masked step repeats output and carry of the step before it, as in Keras's own recurrent layers.
    """

    def __init__(
        self,
        units,
        activation="tanh",
        recurrent_activation="sigmoid",
        output_sees="old",
        return_sequences=False,
        go_backwards=False,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.units = units
        self.activation = keras.activations.get(activation)
        self.recurrent_activation = keras.activations.get(recurrent_activation)
        self.output_sees = output_sees
        self.return_sequences = return_sequences
        self.go_backwards = go_backwards
        self.supports_masking = True

    def build(self, input_shape):
        units = self.units
        self.kernel = self.add_weight(name="kernel", shape=(input_shape[-1], 4 * units))
        self.recurrent_kernel = self.add_weight(name="recurrent_kernel", shape=(units, 4 * units))
        self.carry_kernel = self.add_weight(name="carry_kernel", shape=(units, units))
        self.bias = self.add_weight(name="bias", shape=(4 * units,))

    def step(self, x, h, c):
        z_i, z_f, z_k, z_o = ops.split(x @ self.kernel + h @ self.recurrent_kernel + self.bias, 4, axis=-1)
        i, f, k = self.recurrent_activation(z_i), self.recurrent_activation(z_f), self.activation(z_k)
        carry = i * k + c * f
        seen = carry if self.output_sees == "new" else c
        return self.activation(z_o + seen @ self.carry_kernel), carry

    def call(self, x, mask=None):
        order = range(x.shape[1])
        h = c = ops.zeros((ops.shape(x)[0], self.units))
        outputs = []
        for t in reversed(order) if self.go_backwards else order:
            new_h, new_c = self.step(x[:, t], h, c)
            if mask is not None:
                real = ops.expand_dims(mask[:, t], -1)
                new_h, new_c = ops.where(real, new_h, h), ops.where(real, new_c, c)
            h, c = new_h, new_c
            outputs.append(h)
        return ops.stack(outputs, axis=1) if self.return_sequences else h

    def compute_mask(self, _, mask=None):
        return mask if self.return_sequences else None

    def compute_output_shape(self, shape):
        return (*shape[:-1], self.units) if self.return_sequences else (shape[0], self.units)


def regularizer(short):
    """`l1 0.01 l2 0.02`, of which one may be absent."""
    words = short.split()
    return keras.regularizers.L1L2(**{name: float(value) for name, value in zip(words[::2], words[1::2])})


def constraint(short):
    """`max_norm 2 axis 0 1`."""
    short, _, axes = short.partition(" axis ")
    name, *values = short.replace(" rate", "").split()
    axis = [int(axis) for axis in axes.split()] or 0
    more = [] if name == "non_neg" else [axis] if name != "min_max_norm" or len(values) > 2 else [1, axis]
    class_name = {"non_neg": "NonNeg", "unit_norm": "UnitNorm", "max_norm": "MaxNorm", "min_max_norm": "MinMaxNorm"}[name]
    return getattr(keras.constraints, class_name)(*map(float, values), *more)


def settings(config):
    """A layer's parameters with what stands in short in the graph as Keras's objects."""
    made = {"regularizer": regularizer, "constraint": constraint}
    return {name: made.get(name.split("_")[-1], lambda value: value)(value) for name, value in config.items()}


def make_layer(node):
    """The Keras layer of a graph node."""
    config = settings(node["config"])
    if node["type"] == "BookLSTM":
        return BookLSTM(**config, name=node["id"])
    if node["type"] == "Bidirectional":
        inner = config.pop("layer")
        layer = getattr(keras.layers, inner["class_name"])(**settings(inner["config"]))
        return keras.layers.Bidirectional(layer, **config, name=node["id"])
    return getattr(keras.layers, node["type"])(**config, name=node["id"])


def build_model(graph):
    """The functional Keras model of a graph whose last node is its output."""
    tensors, inputs = {}, []
    for node in graph["nodes"]:
        if node["type"] == "Input":
            tensors[node["id"]] = keras.Input(**node["config"], name=node["id"])
            inputs.append(tensors[node["id"]])
            continue
        read = [tensors[name] for name in node["inputs"]]
        tensors[node["id"]] = make_layer(node)(read if len(read) > 1 else read[0])
    return keras.Model(inputs if len(inputs) > 1 else inputs[0], tensors[graph["nodes"][-1]["id"]], name=graph["name"])


def chain(name, *nodes):
    """A graph whose nodes, given as (type, config) or (type, config, id), follow one another."""
    built, counts = [], {}
    for type_, config, *rest in nodes:
        base = "input_layer" if type_ == "Input" else keras_base_name(type_)
        counts[base] = counts.get(base, -1) + 1
        id_ = rest[0] if rest else base if counts[base] == 0 else f"{base}_{counts[base]}"
        built.append({"id": id_, "type": type_, "config": config, "inputs": [built[-1]["id"]] if built else []})
    return graph_of(name, built)


def graph_of(name, nodes):
    return {"format": "unroll-model", "version": 1, "name": name, "nodes": nodes}


def keras_base_name(class_name):
    """`SimpleRNN` to `simple_rnn`, as Keras names layers itself."""
    return keras.src.utils.naming.to_snake_case(class_name)
