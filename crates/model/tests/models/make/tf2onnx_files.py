"""Model files that tf2onnx writes, and Keras' export, which calls it: python tf2onnx_files.py OUT_DIR"""

# First, as it says which backend Keras is to run on.
from keras_models import adapted, chain, functional, moved

import keras
import numpy as np
import onnxruntime
import tensorflow as tf
import tf2onnx

from fixture import Folder, features, inputs

folder = Folder("tf2onnx", tf2onnx.__version__)
L = keras.layers
keras.utils.set_random_seed(23)


def run(file, given):
    """What ONNX Runtime computes, one row at a time."""
    session = onnxruntime.InferenceSession(folder.file(file))
    (source,) = session.get_inputs()
    return np.concatenate([session.run(None, {source.name: row[None]})[0] for row in given])


def from_keras(name, model, layers, given, **more):
    signature = [tf.TensorSpec((None, given.shape[1]), tf.float32, name="features")]
    moved(model, len(folder.names))
    tf2onnx.convert.from_keras(
        model, signature, output_path=folder.file(name + ".onnx"), opset=more.pop("opset", None)
    )
    folder.add(name + ".onnx", ["from_keras", *layers], given, run(name + ".onnx", given), **more)


def from_function(name, function, layers, given, batch=None, **more):
    signature = [tf.TensorSpec((batch, given.shape[1]), tf.float32, name="features")]
    tf2onnx.convert.from_function(tf.function(function), signature, output_path=folder.file(name + ".onnx"))
    folder.add(name + ".onnx", ["from_function", *layers], given, run(name + ".onnx", given), **more)


def export(name, model, layers, given, **more):
    """Keras exports no model that was never called."""
    moved(model, len(folder.names))
    model(given[:1])
    model.export(folder.file(name + ".onnx"), format="onnx", verbose=False)
    more = {"tool": "Keras with tf2onnx", "version": f"{keras.__version__}, {tf2onnx.__version__}", **more}
    folder.add(name + ".onnx", ["export", *layers], given, run(name + ".onnx", given), **more)


class GeluTanh(L.Layer):
    def call(self, x):
        return keras.activations.gelu(x, approximate=True)


# GELU in its exact form is left out: tf2onnx writes an operator Erfc for it, which ONNX does not have.

from_keras("relu", functional(6, [L.Dense(4, "relu"), L.Dense(6)]), ["Dense relu", "Dense linear"], inputs(6, 1))
from_keras(
    "normalization",
    functional(8, [adapted(8), L.Dense(5, "tanh"), L.Dense(8), adapted(8, invert=True)]),
    ["Normalization", "Dense tanh", "Dense linear", "Normalization invert"],
    features(8, 2),
)
from_keras(
    "sigmoid",
    functional(
        7, [L.Rescaling(1 / 64, offset=-0.25), L.Dense(5, "sigmoid"), L.Dense(7, "sigmoid"), L.Rescaling(64.0, 16.0)]
    ),
    ["Rescaling", "Dense sigmoid", "Dense sigmoid", "Rescaling"],
    inputs(7, 3),
)
from_keras(
    "batch_normalization",
    functional(
        8,
        [
            L.BatchNormalization(),
            L.Dense(5, use_bias=False),
            L.BatchNormalization(),
            L.ReLU(),
            L.Dense(3, "tanh"),
            L.BatchNormalization(),
            L.Dense(8),
        ],
    ),
    [
        "BatchNormalization",
        "Dense linear without bias",
        "BatchNormalization",
        "ReLU",
        "Dense tanh",
        "BatchNormalization",
        "Dense linear",
    ],
    inputs(8, 4),
)
from_keras(
    "elu",
    functional(5, [L.Dense(4, "elu"), L.Dense(3, "selu"), L.Dense(5)]),
    ["Dense elu", "Dense selu", "Dense linear"],
    inputs(5, 5),
)
from_keras(
    "elu_of_another_alpha",
    functional(5, [L.Dense(4), L.ELU(0.7), L.Dense(5)]),
    ["Dense linear", "ELU 0.7", "Dense linear"],
    inputs(5, 6),
)
from_keras(
    "gelu_tanh",
    functional(6, [L.Dense(5), GeluTanh(), L.Dense(6)]),
    ["Dense linear", "gelu approximate", "Dense linear"],
    inputs(6, 7),
)
from_keras(
    "shapes",
    functional(6, [L.Reshape((2, 3)), L.Flatten(), L.Dense(4, "relu"), L.Dropout(0.2), L.Dense(6), L.Reshape((6,))]),
    ["Reshape", "Flatten", "Dense relu", "Dropout", "Dense linear", "Reshape"],
    inputs(6, 8),
)
from_keras(
    "opset_18",
    functional(6, [L.Dense(4, "leaky_relu"), L.Dense(4), L.LeakyReLU(0.1), L.Dense(6, "tanh")]),
    ["opset 18", "Dense leaky_relu", "Dense linear", "LeakyReLU 0.1", "Dense tanh"],
    inputs(6, 9),
    opset=18,
)
export("softplus", chain(7, [L.Dense(4, "softplus"), L.Dense(7)]), ["Dense softplus", "Dense linear"], inputs(7, 10))
export(
    "nested",
    functional(6, [chain(6, [L.Dense(4, "silu"), L.Dense(2)]), chain(2, [L.Dense(4, "silu"), L.Dense(6)])]),
    ["Functional of Sequential, Sequential", "Dense silu", "Dense linear", "Dense silu", "Dense linear"],
    inputs(6, 11),
)

draw = np.random.default_rng(12)
values = features(6, 100, 400)
mean, sd = values.mean(0), values.std(0)
# Variables, or NumPy's: a tf.constant made outside of the function becomes one more input of the graph.
encode, decode, bias = (tf.Variable(draw.normal(0, 0.5, shape), dtype=tf.float32) for shape in ((6, 3), (3, 6), (3,)))
from_function(
    "function_scaled",
    lambda x: tf.matmul(tf.nn.tanh(tf.matmul((x - mean) / sd, encode) + bias), decode) * sd + mean,
    ["(x - mean) / sd", "matmul", "add", "tf.nn.tanh", "matmul", "* sd + mean"],
    features(6, 12),
)
from_function(
    "function",
    lambda x: tf.nn.softplus(tf.matmul(tf.nn.gelu(tf.matmul(x, encode) + bias, approximate=True), decode)),
    ["matmul", "add", "tf.nn.gelu approximate", "matmul", "tf.nn.softplus"],
    inputs(6, 13),
    batch=1,
)
