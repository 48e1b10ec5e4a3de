import keras
from keras import layers

model = keras.Sequential([
    keras.Input(shape=(500,), dtype="int32"),
    layers.Embedding(10000, 32),
    layers.SimpleRNN(32, return_sequences=True),
    layers.SimpleRNN(32, return_sequences=True),
    layers.SimpleRNN(32, return_sequences=True),
    layers.SimpleRNN(32),
    layers.Dense(1, activation="sigmoid"),
])

model.compile(
    optimizer=keras.optimizers.RMSprop(learning_rate=0.001),
    loss="binary_crossentropy",
    metrics=["acc"],
)
model.summary()
