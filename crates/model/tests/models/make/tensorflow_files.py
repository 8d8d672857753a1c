"""Model files that TensorFlow's TFLiteConverter writes: python tensorflow_files.py OUT_DIR"""

# First, as it says which backend Keras is to run on.
from keras_models import adapted, chain, functional, moved

import keras
import numpy as np
import tensorflow as tf

from fixture import Folder, features, inputs
from tflite import dynamic_step, int8_step, outputs

folder = Folder("tensorflow", tf.__version__)
L = keras.layers
keras.utils.set_random_seed(21)


def add(name, model, layers, given, weights="float32", **more):
    """Converts a Keras model, or a tf.function with its signature, and runs the file."""
    if isinstance(model, keras.Model):
        moved(model, len(folder.names))
        converter = tf.lite.TFLiteConverter.from_keras_model(model)
    else:
        converter = tf.lite.TFLiteConverter.from_concrete_functions([model.get_concrete_function()], model)
    kind, _, ends = weights.partition(", ")
    if kind != "float32":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if kind == "float16":
        converter.target_spec.supported_types = [tf.float16]
    if kind == "int8":
        # Calibrated by rows like the first of the inputs; the last two reach beyond them.
        draw = np.random.default_rng(len(folder.names))
        spread = given[:-2].std(0)
        rows = given[draw.integers(0, len(given) - 2, 200)] + 0.2 * spread * draw.standard_normal(
            (200, given.shape[1])
        )
        converter.representative_dataset = lambda: ([row[None].astype("float32")] for row in rows)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        if ends != "float ends":
            converter.inference_input_type = converter.inference_output_type = tf.int8
    path = folder.file(name + ".tflite")
    with open(path, "wb") as out:
        out.write(converter.convert())
    values = more.pop("run", outputs)(tf.lite.Interpreter(path), given)
    if kind == "int8":
        plain = tf.lite.experimental.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
        more["step"] = int8_step(tf.lite.Interpreter(path, experimental_op_resolver_type=plain))
    if kind == "dynamic range":
        many = np.concatenate([inputs(given.shape[1], seed) for seed in range(1000, 1100)])
        more["step"] = dynamic_step(tf.lite.Interpreter(path), many)
    folder.add(name + ".tflite", layers, given, values, kind, **more)


# From Keras, float32

add("relu", chain(6, [L.Dense(4, "relu"), L.Dense(6)]), ["Dense relu", "Dense linear"], inputs(6, 1))
add("tanh", functional(8, [L.Dense(3, "tanh"), L.Dense(8, "sigmoid")]), ["Dense tanh", "Dense sigmoid"], inputs(8, 2))
add(
    "leaky_relu",
    chain(6, [L.Dense(4, "leaky_relu"), L.Dense(3), L.LeakyReLU(0.1), L.Dense(6)]),
    ["Dense leaky_relu", "Dense linear", "LeakyReLU 0.1", "Dense linear"],
    inputs(6, 3),
)
add("elu", chain(5, [L.Dense(4, "elu"), L.Dense(5)]), ["Dense elu", "Dense linear"], inputs(5, 4))
add(
    "elu_of_another_alpha",
    chain(5, [L.Dense(4), L.ELU(0.7), L.Dense(5)]),
    ["Dense linear", "ELU 0.7", "Dense linear"],
    inputs(5, 5),
)
add("selu", chain(7, [L.Dense(4, "selu"), L.Dense(7)]), ["Dense selu", "Dense linear"], inputs(7, 6))
add("softplus", chain(7, [L.Dense(4, "softplus"), L.Dense(7)]), ["Dense softplus", "Dense linear"], inputs(7, 7))
add("silu", chain(4, [L.Dense(6, "silu"), L.Dense(4)]), ["Dense silu", "Dense linear"], inputs(4, 8))
add("gelu", chain(6, [L.Dense(5, "gelu"), L.Dense(6)]), ["Dense gelu", "Dense linear"], inputs(6, 9))


class GeluTanh(L.Layer):
    def call(self, x):
        return keras.activations.gelu(x, approximate=True)


add(
    "gelu_tanh",
    chain(6, [L.Dense(5), GeluTanh(), L.Dense(6)]),
    ["Dense linear", "gelu approximate", "Dense linear"],
    inputs(6, 10),
)
add(
    "prelu",
    chain(6, [L.Dense(4), L.PReLU(keras.initializers.Constant(0.3), shared_axes=[1]), L.Dense(6)]),
    ["Dense linear", "PReLU shared", "Dense linear"],
    inputs(6, 11),
)
add(
    "many",
    functional(
        12,
        [
            L.Dense(9, "selu"),
            L.Dense(7, "elu"),
            L.Dense(5, "tanh"),
            L.Dense(4, "softplus"),
            L.Dense(5, "gelu"),
            L.Dense(9, "silu"),
            L.Dense(12),
        ],
    ),
    ["Dense selu", "Dense elu", "Dense tanh", "Dense softplus", "Dense gelu", "Dense silu", "Dense linear"],
    inputs(12, 12),
)
add(
    "normalization",
    chain(8, [adapted(8), L.Dense(5, "relu"), L.Dense(8), adapted(8, invert=True)]),
    ["Normalization", "Dense relu", "Dense linear", "Normalization invert"],
    features(8, 13),
)
add(
    "rescaling",
    functional(
        6, [L.Rescaling(1 / 64, offset=-0.25), L.Dense(4, "tanh"), L.Dense(6, "sigmoid"), L.Rescaling(64.0, 16.0)]
    ),
    ["Rescaling", "Dense tanh", "Dense sigmoid", "Rescaling"],
    inputs(6, 14),
)
add(
    "batch_normalization",
    chain(
        8,
        [
            L.Dense(5, use_bias=False),
            L.BatchNormalization(),
            L.ReLU(),
            L.Dense(3, "tanh"),
            L.BatchNormalization(),
            L.Dense(8),
        ],
    ),
    ["Dense linear without bias", "BatchNormalization", "ReLU", "Dense tanh", "BatchNormalization", "Dense linear"],
    inputs(8, 15),
)
add(
    "batch_normalization_first",
    chain(
        6, [L.BatchNormalization(), L.Dense(4, "relu"), L.BatchNormalization(), L.Dense(6), L.BatchNormalization()]
    ),
    ["BatchNormalization", "Dense relu", "BatchNormalization", "Dense linear", "BatchNormalization"],
    inputs(6, 16),
)
add(
    "shapes",
    chain(6, [L.Reshape((2, 3)), L.Flatten(), L.Dense(4, "tanh"), L.Dropout(0.2), L.Dense(6), L.Reshape((6,))]),
    ["Reshape", "Flatten", "Dense tanh", "Dropout", "Dense linear", "Reshape"],
    inputs(6, 17),
)

# From functions


class Scaled(tf.Module):
    """An autoencoder of plain TensorFlow with its own scaling."""

    def __init__(self, n, code):
        draw = np.random.default_rng(30)
        values = features(n, 100, 400).astype("float64")
        self.mean = tf.constant(values.mean(0), tf.float32)
        self.sd = tf.constant(values.std(0), tf.float32)
        self.encode = tf.Variable(draw.normal(0, 0.5, (n, code)), dtype=tf.float32)
        self.bias = tf.Variable(draw.normal(0, 0.3, code), dtype=tf.float32)
        self.decode = tf.Variable(draw.normal(0, 0.5, (code, n)), dtype=tf.float32)
        self.__call__ = tf.function(self.call, input_signature=[tf.TensorSpec([1, n], tf.float32)])

    def call(self, x):
        code = tf.nn.tanh(tf.matmul((x - self.mean) / self.sd, self.encode) + self.bias)
        return tf.matmul(code, self.decode) * self.sd + self.mean


scaled = Scaled(6, 3)
add(
    "module_scaled",
    scaled.__call__,
    ["(x - mean) / sd", "matmul", "add", "tf.nn.tanh", "matmul", "* sd + mean"],
    features(6, 18),
)


def layered(n, sizes, functions, bias=True, batch=None):
    """A function of matmul, add and activations."""
    draw = np.random.default_rng(n + len(sizes))
    matrices = [tf.constant(draw.normal(0, 0.5, size), tf.float32) for size in zip([n, *sizes], sizes)]
    biases = [tf.constant(draw.normal(0, 0.3, size), tf.float32) for size in sizes]

    def run(x):
        for matrix, add, function in zip(matrices, biases, functions):
            x = tf.matmul(x, matrix)
            x = function(x + add if bias else x)
        return x

    return tf.function(run, input_signature=[tf.TensorSpec([batch, n], tf.float32)])


add(
    "function",
    layered(7, [5, 3, 7], [tf.nn.leaky_relu, tf.nn.selu, tf.identity]),
    ["matmul", "add", "tf.nn.leaky_relu", "matmul", "add", "tf.nn.selu", "matmul", "add"],
    inputs(7, 19),
)
add(
    "function_without_bias",
    layered(
        5, [6, 4, 5], [lambda x: tf.nn.gelu(x, approximate=True), tf.nn.softplus, tf.identity], bias=False, batch=1
    ),
    ["matmul", "tf.nn.gelu approximate", "matmul", "tf.nn.softplus", "matmul"],
    inputs(5, 20),
)

# Weights in float16, in int8

add(
    "float16",
    chain(12, [L.Dense(10, "relu"), L.Dense(4, "tanh"), L.Dense(10, "sigmoid"), L.Dense(12)]),
    ["Dense relu", "Dense tanh", "Dense sigmoid", "Dense linear"],
    inputs(12, 21),
    "float16",
)
add(
    "float16_normalization",
    chain(9, [adapted(9), L.Dense(6, "gelu"), L.Dense(9)]),
    ["Normalization", "Dense gelu", "Dense linear"],
    features(9, 22),
    "float16",
)
add(
    "dynamic_range",
    chain(8, [L.Dense(128, "relu"), L.Dense(8)]),
    ["Dense relu of 128", "Dense linear"],
    inputs(8, 23),
    "dynamic range",
)
add(
    "dynamic_range_in_part",
    chain(12, [L.Dense(96, "tanh"), L.Dense(4, "elu"), L.Dense(96, "silu"), L.Dense(12)]),
    ["Dense tanh of 96", "Dense elu", "Dense silu of 96", "Dense linear"],
    inputs(12, 24),
    "dynamic range",
)


def usual(n, seed):
    """Rows of a common source with a little noise, and two that reach beyond the calibrated range."""
    draw = np.random.default_rng(seed)
    rows = draw.standard_normal((8, 3)) @ draw.standard_normal((3, n)) + 0.1 * draw.standard_normal((8, n))
    rows[6:] *= 4
    return (np.round(rows * 2.0**14) / 2.0**14).astype("float32")


for name, n, layers, words, ends in (
    ("int8_relu", 6, [L.Dense(4, "relu"), L.Dense(6)], ["Dense relu", "Dense linear"], ""),
    (
        "int8_tanh",
        8,
        [L.Dense(16, "tanh"), L.Dense(4, "tanh"), L.Dense(16, "tanh"), L.Dense(8)],
        ["Dense tanh", "Dense tanh", "Dense tanh", "Dense linear"],
        "",
    ),
    ("int8_sigmoid", 8, [L.Dense(5, "sigmoid"), L.Dense(8, "sigmoid")], ["Dense sigmoid", "Dense sigmoid"], ""),
    (
        "int8_float_ends",
        8,
        [L.Dense(16, "relu"), L.Dense(4, "relu"), L.Dense(16, "relu"), L.Dense(8)],
        ["Dense relu", "Dense relu", "Dense relu", "Dense linear"],
        "float ends",
    ),
    ("int8_leaky_relu", 6, [L.Dense(5, "leaky_relu"), L.Dense(6)], ["Dense leaky_relu", "Dense linear"], ""),
    ("int8_elu", 6, [L.Dense(4, "elu"), L.Dense(6)], ["Dense elu", "Dense linear"], "float ends"),
    ("int8_silu", 6, [L.Dense(5, "silu"), L.Dense(6)], ["Dense silu", "Dense linear"], ""),
    (
        "int8_gelu",
        6,
        [L.Dense(4, "gelu"), L.Dense(3, "tanh"), L.Dense(6)],
        ["Dense gelu", "Dense tanh", "Dense linear"],
        "",
    ),
    ("int8_selu", 6, [L.Dense(4, "selu"), L.Dense(6)], ["Dense selu", "Dense linear"], ""),
    ("int8_softplus", 6, [L.Dense(4, "softplus"), L.Dense(6)], ["Dense softplus", "Dense linear"], ""),
    (
        "int8_without_bias",
        6,
        [L.Dense(4, "relu", use_bias=False), L.Dense(6, use_bias=False)],
        ["Dense relu without bias", "Dense linear without bias"],
        "",
    ),
):
    words = ["int8" if not ends else "int8 between floats", *words]
    # Made of several operators, each rounded: another function than the activation's.
    within = {"refused": "convert it in float32, without `optimizations`"} if name in ("int8_selu", "int8_softplus") else {}
    kind = "int8" + (", float ends" if ends else "")
    add(name, chain(n, layers), words, usual(n, len(folder.names)), kind, **within)
add(
    "int8_normalization",
    chain(6, [adapted(6), L.Dense(4, "relu"), L.Dense(6)]),
    ["int8", "Normalization", "Dense relu", "Dense linear"],
    features(6, 25),
    "int8",
)

# What judder has no layer for

first, second = keras.Input((4,), name="x"), keras.Input((2,), name="load")
both = L.Dense(4)(L.Dense(3, "relu")(L.Concatenate()([first, second])))


def run_two(interpreter, given):
    interpreter.allocate_tensors()
    run = interpreter.get_signature_runner()
    return np.array([run(x=x[None], load=load[None])["output_0"][0] for x, load in zip(*given)])


add(
    "refused_two_inputs",
    keras.Model([first, second], both),
    ["Concatenate", "Dense relu", "Dense linear"],
    [inputs(4, 26), inputs(2, 26)],
    run=run_two,
    refused="judder gives a model one row of features: make it with one input, keras.Input((6,))",
)
