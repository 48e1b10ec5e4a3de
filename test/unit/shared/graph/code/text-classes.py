import keras
from keras import layers

model = keras.Sequential([
    keras.Input(shape=(500,), dtype="int32"),
    layers.Embedding(10000, 64, mask_zero=True),
    layers.LSTM(64),
    layers.Dropout(0.3),
    layers.Dense(4, activation="softmax"),
])

model.compile(
    optimizer=keras.optimizers.RMSprop(learning_rate=0.001),
    loss="sparse_categorical_crossentropy",
    metrics=["acc"],
)
model.summary()
