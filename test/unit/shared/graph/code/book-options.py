import keras
from keras import layers

@keras.saving.register_keras_serializable("unroll")
class BookLSTMCell(layers.Layer):
    """The lecture's LSTM: c_t = i k + c f; h_t = act(x W_o + h U_o + c V_o + b_o)."""

    def __init__(self, units, activation="tanh", recurrent_activation="sigmoid", use_bias=True,
                 kernel_initializer="glorot_uniform", recurrent_initializer="orthogonal", bias_initializer="zeros",
                 unit_forget_bias=True, carry_initializer="orthogonal", output_sees="old", **kwargs):
        super().__init__(**kwargs)
        self.settings = dict(
            units=units, activation=activation, recurrent_activation=recurrent_activation, use_bias=use_bias,
            kernel_initializer=kernel_initializer, recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer, unit_forget_bias=unit_forget_bias,
            carry_initializer=carry_initializer, output_sees=output_sees)
        self.act = keras.activations.get(activation)
        self.gate = keras.activations.get(recurrent_activation)
        self.state_size = [units, units]

    def build(self, input_shape):
        s, u = self.settings, self.settings["units"]
        self.kernel = self.add_weight(shape=(input_shape[-1], 4 * u), initializer=s["kernel_initializer"], name="kernel")
        self.recurrent_kernel = self.add_weight(
            shape=(u, 4 * u), initializer=s["recurrent_initializer"], name="recurrent_kernel")
        self.carry_kernel = self.add_weight(shape=(u, u), initializer=s["carry_initializer"], name="carry_kernel")
        self.bias = None
        if s["use_bias"]:
            self.bias = self.add_weight(shape=(4 * u,), initializer=s["bias_initializer"], name="bias")
            if s["unit_forget_bias"]:
                self.bias.assign(keras.ops.concatenate([self.bias[:u], keras.ops.ones(u), self.bias[2 * u:]]))

    def call(self, x, states):
        h, c = states
        z = keras.ops.matmul(x, self.kernel) + keras.ops.matmul(h, self.recurrent_kernel)
        if self.bias is not None:
            z = z + self.bias
        z_i, z_f, z_k, z_o = keras.ops.split(z, 4, axis=-1)
        carry = self.gate(z_i) * self.act(z_k) + c * self.gate(z_f)
        seen = c if self.settings["output_sees"] == "old" else carry
        h = self.act(z_o + keras.ops.matmul(seen, self.carry_kernel))
        return h, [h, carry]

    def get_config(self):
        return {**super().get_config(), **self.settings}


def BookLSTM(units, return_sequences=False, go_backwards=False, name=None, **settings):
    cell = BookLSTMCell(units, **settings)
    return layers.RNN(cell, return_sequences=return_sequences, go_backwards=go_backwards, name=name)


model = keras.Sequential([
    keras.Input(shape=(12, 3)),
    BookLSTM(5, activation="softsign", recurrent_activation="hard_sigmoid", return_sequences=True, go_backwards=True, output_sees="new", name="memory"),
    BookLSTM(4, use_bias=False, carry_initializer="zeros", name="book_lstm"),
    layers.Dense(2, activation="softmax"),
])

model.compile(
    optimizer=keras.optimizers.RMSprop(learning_rate=0.001),
    loss="sparse_categorical_crossentropy",
    metrics=["acc"],
)
model.summary()
