library(keras3)

model <- keras_model_sequential(input_shape = c(60, 1)) |>
  layer_lstm(units = 32, return_sequences = TRUE) |>
  layer_lstm(units = 32) |>
  layer_dense(units = 1)

model |> compile(
  optimizer = optimizer_rmsprop(learning_rate = 0.001),
  loss = "mse",
  metrics = c("mae")
)
summary(model)
