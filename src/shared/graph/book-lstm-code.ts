/** Keras has no Book LSTM: the small layer that goes with code and exports, in Python and in R. */

export const BOOK_LSTM_PYTHON = `@keras.saving.register_keras_serializable("unroll")
class BookLSTMCell(layers.Layer):
    """The lecture's LSTM: c_t = i k + c f; h_t = act(h U_o + x W_o + c V_o + b_o)."""

    def __init__(self, units, activation="tanh", recurrent_activation="sigmoid", output_sees="old", **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.output_sees = output_sees
        self.activation = keras.activations.get(activation)
        self.recurrent_activation = keras.activations.get(recurrent_activation)
        self.state_size = [units, units]

    def build(self, input_shape):
        u = self.units
        self.kernel = self.add_weight(shape=(input_shape[-1], 4 * u), name="kernel")
        self.recurrent_kernel = self.add_weight(shape=(u, 4 * u), initializer="orthogonal", name="recurrent_kernel")
        self.carry_kernel = self.add_weight(shape=(u, u), initializer="orthogonal", name="carry_kernel")
        forget_one = lambda shape, dtype=None: keras.ops.concatenate(
            [keras.ops.zeros(u), keras.ops.ones(u), keras.ops.zeros(2 * u)]
        )
        self.bias = self.add_weight(shape=(4 * u,), initializer=forget_one, name="bias")

    def call(self, x, states):
        h, c = states
        z = keras.ops.matmul(x, self.kernel) + keras.ops.matmul(h, self.recurrent_kernel) + self.bias
        z_i, z_f, z_k, z_o = keras.ops.split(z, 4, axis=-1)
        carry = self.recurrent_activation(z_i) * self.activation(z_k) + c * self.recurrent_activation(z_f)
        seen = c if self.output_sees == "old" else carry
        h = self.activation(z_o + keras.ops.matmul(seen, self.carry_kernel))
        return h, [h, carry]

    def get_config(self):
        settings = {"units": self.units, "output_sees": self.output_sees}
        settings["activation"] = keras.activations.serialize(self.activation)
        settings["recurrent_activation"] = keras.activations.serialize(self.recurrent_activation)
        return {**super().get_config(), **settings}


def BookLSTM(units, return_sequences=False, go_backwards=False, **settings):
    return layers.RNN(BookLSTMCell(units, **settings), return_sequences=return_sequences, go_backwards=go_backwards)`;

export const BOOK_LSTM_R = `book_lstm_cell <- Layer(
  "BookLSTMCell",
  initialize = function(units, output_sees = "old", ...) {
    super$initialize(...)
    self$units <- as.integer(units)
    self$output_sees <- output_sees
    self$state_size <- list(self$units, self$units)
  },
  build = function(input_shape) {
    u <- self$units
    self$kernel <- self$add_weight(shape = shape(input_shape[[length(input_shape)]], 4L * u), name = "kernel")
    self$recurrent_kernel <- self$add_weight(shape = shape(u, 4L * u), initializer = "orthogonal", name = "recurrent_kernel")
    self$carry_kernel <- self$add_weight(shape = shape(u, u), initializer = "orthogonal", name = "carry_kernel")
    self$bias <- self$add_weight(shape = shape(4L * u), initializer = "zeros", name = "bias")
  },
  call = function(x, states) {
    h <- states[[1]]
    carry <- states[[2]]
    z <- op_matmul(x, self$kernel) + op_matmul(h, self$recurrent_kernel) + self$bias
    parts <- op_split(z, 4L, axis = -1L)
    new_carry <- op_sigmoid(parts[[1]]) * op_tanh(parts[[3]]) + carry * op_sigmoid(parts[[2]])
    seen <- if (self$output_sees == "old") carry else new_carry
    h <- op_tanh(parts[[4]] + op_matmul(seen, self$carry_kernel))
    list(h, list(h, new_carry))
  }
)

layer_book_lstm <- function(object, units, output_sees = "old", ...) {
  layer_rnn(object, cell = book_lstm_cell(units, output_sees = output_sees), ...)
}`;
