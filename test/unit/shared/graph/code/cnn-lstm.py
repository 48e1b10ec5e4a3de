import keras
from keras import layers

model = keras.Sequential([
    keras.Input(shape=(500,), dtype="int32"),
    layers.Embedding(10000, 32),
    layers.Conv1D(64, 5, activation="relu"),
    layers.MaxPooling1D(pool_size=5),
    layers.LSTM(32),
    layers.Dense(1, activation="sigmoid"),
])

model.compile(
    optimizer=keras.optimizers.RMSprop(learning_rate=0.001),
    loss="binary_crossentropy",
    metrics=["acc"],
)
model.summary()
