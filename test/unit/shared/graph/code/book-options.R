library(keras3)

# The lecture's LSTM: c_t = i k + c f; h_t = act(x W_o + h U_o + c V_o + b_o).
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
}

model <- keras_model_sequential(input_shape = c(12, 3)) |>
  layer_book_lstm(units = 5, activation = "softsign", recurrent_activation = "hard_sigmoid", return_sequences = TRUE, go_backwards = TRUE, output_sees = "new", name = "memory") |>
  layer_book_lstm(units = 4, use_bias = FALSE, carry_initializer = "zeros", name = "book_lstm") |>
  layer_dense(units = 2, activation = "softmax")

model |> compile(
  optimizer = optimizer_rmsprop(learning_rate = 0.001),
  loss = "sparse_categorical_crossentropy",
  metrics = c("acc")
)
summary(model)
