library(keras3)

model <- keras_model_sequential(input_shape = c(500), input_dtype = "int32") |>
  layer_embedding(input_dim = 10000, output_dim = 64, mask_zero = TRUE) |>
  layer_lstm(units = 64) |>
  layer_dropout(rate = 0.3) |>
  layer_dense(units = 4, activation = "softmax")

model |> compile(
  optimizer = optimizer_rmsprop(learning_rate = 0.001),
  loss = "sparse_categorical_crossentropy",
  metrics = c("acc")
)
summary(model)
