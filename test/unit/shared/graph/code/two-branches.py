import keras
from keras import layers

input_layer = keras.Input(shape=(40,), dtype="int32")
embedding = layers.Embedding(1000, 16)(input_layer)
global_max_pooling1d = layers.GlobalMaxPooling1D()(embedding)
lstm = layers.LSTM(8)(embedding)
concatenate = layers.Concatenate()([global_max_pooling1d, lstm])
dense = layers.Dense(3, activation="softmax")(concatenate)
model = keras.Model(input_layer, dense)

model.compile(
    optimizer=keras.optimizers.RMSprop(learning_rate=0.001),
    loss="sparse_categorical_crossentropy",
    metrics=["acc"],
)
model.summary()
