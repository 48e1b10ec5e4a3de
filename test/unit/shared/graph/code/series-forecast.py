import keras
from keras import layers

model = keras.Sequential([
    keras.Input(shape=(60, 1)),
    layers.LSTM(32, return_sequences=True),
    layers.LSTM(32),
    layers.Dense(1),
])

model.compile(
    optimizer=keras.optimizers.RMSprop(learning_rate=0.001),
    loss="mse",
    metrics=["mae"],
)
model.summary()
