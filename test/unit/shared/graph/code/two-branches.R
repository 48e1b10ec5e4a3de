library(keras3)

input_layer <- keras_input(shape = c(40), dtype = "int32")
embedding <- input_layer |> layer_embedding(input_dim = 1000, output_dim = 16)
global_max_pooling1d <- embedding |> layer_global_max_pooling_1d()
lstm <- embedding |> layer_lstm(units = 8)
concatenate <- list(global_max_pooling1d, lstm) |> layer_concatenate()
dense <- concatenate |> layer_dense(units = 3, activation = "softmax")
model <- keras_model(inputs = input_layer, outputs = dense)

model |> compile(
  optimizer = optimizer_rmsprop(learning_rate = 0.001),
  loss = "sparse_categorical_crossentropy",
  metrics = c("acc")
)
summary(model)
