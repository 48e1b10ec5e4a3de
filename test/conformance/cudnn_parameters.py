"""Keras's own array of parameters for cuDNN: the constants in cudnn_parameters.ts.

Keras 3.15 with TensorFlow: its `_cudnn_lstm` and `_cudnn_gru` run as they are, but for the operation itself, which there is only
on a CUDA device; its place is taken by one that prints the parameters it is given.
"""
import importlib

import numpy as np
import tensorflow as tf

D, U = 3, 2
rnn = importlib.import_module("keras.src.backend.tensorflow.rnn")


class Seen(Exception):
    pass


def print_parameters(params, rnn_mode, **_):
    print(rnn_mode, [int(value) for value in params.numpy()])
    raise Seen


tf.raw_ops.CudnnRNNV3 = print_parameters
tf.sysconfig.get_build_info = lambda: {"is_cuda_build": True, "is_rocm_build": False}


def numbered(start, *shape):
    return tf.constant(start + np.arange(np.prod(shape)).reshape(shape), tf.float32)


x, state = tf.zeros((1, 4, D)), tf.zeros((1, U))
how = {"mask": None, "time_major": False, "go_backwards": False, "return_sequences": True}
for states, gates, bias, run in [
    ((state, state), 4, numbered(200, 4 * U), rnn._cudnn_lstm),
    ((state,), 3, numbered(200, 2, 3 * U), rnn._cudnn_gru),
]:
    try:
        run(x, *states, numbered(0, D, gates * U), numbered(100, U, gates * U), bias, **how)
    except Seen:
        pass
