"""Keras models for the scripts of Keras, TensorFlow, tf2onnx and LiteRT."""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import numpy as np

from fixture import features

L = keras.layers


def moved(model, seed):
    """Draws what Keras starts with zeros or ones, so that a file that loses it is noticed."""
    draw = np.random.default_rng(seed)
    for variable in model.weights:
        name = variable.name.split("/")[-1].split(":")[0]
        if name in ("bias", "beta", "moving_mean"):
            value = draw.normal(0, 0.3, variable.shape)
        elif name in ("gamma", "moving_variance"):
            value = draw.uniform(0.5, 2, variable.shape)
        else:
            continue
        variable.assign(value.astype("float32"))
    return model


def chain(n, layers, name=None):
    return keras.Sequential([keras.Input((n,)), *layers], name=name)


def functional(n, layers, **more):
    start = keras.Input((n,))
    end = start
    for layer in layers:
        end = layer(end)
    return keras.Model(start, end, **more)


def adapted(n, **more):
    layer = L.Normalization(**more)
    layer.adapt(features(n, 100, 400))
    return layer
