library(keras3)

model <- keras_model_sequential(input_shape = c(500), input_dtype = "int32") |>
  layer_embedding(input_dim = 10000, output_dim = 32) |>
  layer_bidirectional(layer = layer_lstm(units = 32)) |>
  layer_dense(units = 1, activation = "sigmoid")

model |> compile(
  optimizer = optimizer_rmsprop(learning_rate = 0.001),
  loss = "binary_crossentropy",
  metrics = c("acc")
)
summary(model)
