/** Keras has no Book LSTM: the small layer that goes with code and exports, in Python and in R, with all its parameters. */

export const BOOK_LSTM_PYTHON = `@keras.saving.register_keras_serializable("unroll")
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
    return layers.RNN(cell, return_sequences=return_sequences, go_backwards=go_backwards, name=name)`;

export const BOOK_LSTM_R = `# The lecture's LSTM: c_t = i k + c f; h_t = act(x W_o + h U_o + c V_o + b_o).
book_lstm_cell <- Layer(
  "BookLSTMCell",
  initialize = function(units, activation = "tanh", recurrent_activation = "sigmoid", use_bias = TRUE,
                        kernel_initializer = "glorot_uniform", recurrent_initializer = "orthogonal",
                        bias_initializer = "zeros", unit_forget_bias = TRUE, carry_initializer = "orthogonal",
                        output_sees = "old", ...) {
    super$initialize(...)
    self$units <- as.integer(units)
    self$activation <- activation
    self$recurrent_activation <- recurrent_activation
    self$act <- layer_activation(activation = activation)
    self$gate <- layer_activation(activation = recurrent_activation)
    self$kernel_initializer <- kernel_initializer
    self$recurrent_initializer <- recurrent_initializer
    self$bias_initializer <- bias_initializer
    self$carry_initializer <- carry_initializer
    self$use_bias <- use_bias
    self$unit_forget_bias <- unit_forget_bias
    self$output_sees <- output_sees
    self$state_size <- list(self$units, self$units)
  },
  build = function(input_shape) {
    u <- self$units
    d <- input_shape[[length(input_shape)]]
    self$kernel <- self$add_weight(
      shape = shape(d, 4L * u), initializer = self$kernel_initializer, name = "kernel")
    self$recurrent_kernel <- self$add_weight(
      shape = shape(u, 4L * u), initializer = self$recurrent_initializer, name = "recurrent_kernel")
    self$carry_kernel <- self$add_weight(
      shape = shape(u, u), initializer = self$carry_initializer, name = "carry_kernel")
    if (self$use_bias) {
      self$bias <- self$add_weight(shape = shape(4L * u), initializer = self$bias_initializer, name = "bias")
      if (self$unit_forget_bias) {
        parts <- op_split(self$bias, 4L)
        self$bias$assign(op_concatenate(list(parts[[1]], op_ones(u), parts[[3]], parts[[4]])))
      }
    }
  },
  call = function(x, states) {
    h <- states[[1]]
    carry <- states[[2]]
    z <- op_matmul(x, self$kernel) + op_matmul(h, self$recurrent_kernel)
    if (self$use_bias) z <- z + self$bias
    parts <- op_split(z, 4L, axis = -1L)
    new_carry <- self$gate(parts[[1]]) * self$act(parts[[3]]) + carry * self$gate(parts[[2]])
    seen <- if (self$output_sees == "old") carry else new_carry
    h <- self$act(parts[[4]] + op_matmul(seen, self$carry_kernel))
    list(h, list(h, new_carry))
  },
  get_config = function() {
    own <- list(
      units = self$units, activation = self$activation, recurrent_activation = self$recurrent_activation,
      use_bias = self$use_bias, kernel_initializer = self$kernel_initializer,
      recurrent_initializer = self$recurrent_initializer, bias_initializer = self$bias_initializer,
      unit_forget_bias = self$unit_forget_bias, carry_initializer = self$carry_initializer,
      output_sees = self$output_sees
    )
    modifyList(super$get_config(), own)
  }
)

layer_book_lstm <- function(object = NULL, units, return_sequences = FALSE, go_backwards = FALSE, name = NULL, ...) {
  cell <- book_lstm_cell(units = units, ...)
  rnn <- layer_rnn(cell = cell, return_sequences = return_sequences, go_backwards = go_backwards, name = name)
  if (is.null(object)) rnn else rnn(object)
}`;
