"""Model files that Keras 3 and Keras 2 (tf_keras) save: python keras_files.py OUT_DIR"""

# First, as it says which backend Keras is to run on.
from keras_models import adapted, chain, functional, moved

import keras
import numpy as np
import tf_keras

from fixture import Folder, features, inputs

folder = Folder("keras", keras.__version__)
L = keras.layers
keras.utils.set_random_seed(20)


def add(file, model, layers, given, **more):
    """Saves the model, loads the file again, and stores what it then computes."""
    tool = more.pop("by", keras)
    moved(model, len(folder.names))
    save(file, model, tool)
    loaded = tool.models.load_model(folder.file(file), compile=False)
    outputs = loaded(given, training=False)
    folder.add(file, layers, given, np.asarray(outputs), **more)


def save(file, model, tool=keras):
    if tool is tf_keras:
        tf_keras.models.save_model(model, folder.file(file), save_format="h5")
    else:
        model.save(folder.file(file))


# Sequential, Functional, nested

add("sequential.keras", chain(6, [L.Dense(4, "relu"), L.Dense(6)]), ["Dense relu", "Dense linear"], inputs(6, 1))
add("functional.h5", functional(8, [L.Dense(3, "tanh"), L.Dense(8)]), ["Dense tanh", "Dense linear"], inputs(8, 2))
add(
    "sequential_input_layer.h5",
    keras.Sequential([L.InputLayer(shape=(5,)), L.Dense(7, "sigmoid"), L.Dense(2, "tanh"), L.Dense(5)]),
    ["InputLayer", "Dense sigmoid", "Dense tanh", "Dense linear"],
    inputs(5, 3),
)
add(
    "functional_of_four.keras",
    functional(10, [L.Dense(6, "relu"), L.Dense(3, "relu"), L.Dense(6, "relu"), L.Dense(10)]),
    ["Dense relu", "Dense relu", "Dense relu", "Dense linear"],
    inputs(10, 4),
)


def coder(function, code, sizes=(8, 5)):
    n, middle = sizes
    encoder = chain(n, [L.Dense(middle, function), L.Dense(code, function)], "encoder")
    decoder = chain(code, [L.Dense(middle, function), L.Dense(n)], "decoder")
    return encoder, decoder


add(
    "nested_functional.keras",
    functional(8, coder("tanh", 3)),
    ["Functional of Sequential, Sequential", "Dense tanh", "Dense tanh", "Dense tanh", "Dense linear"],
    inputs(8, 5),
)
add(
    "nested_elu.h5",
    functional(8, coder("elu", 3)),
    ["Functional of Sequential, Sequential", "Dense elu", "Dense elu", "Dense elu", "Dense linear"],
    inputs(8, 106),
)
add(
    "nested_sequential.h5",
    chain(8, coder("selu", 2)),
    ["Sequential of Sequential, Sequential", "Dense selu", "Dense selu", "Dense selu", "Dense linear"],
    inputs(8, 7),
)
add(
    "nested_twice.keras",
    functional(
        6,
        [
            chain(6, [chain(6, [L.Dense(4, "relu")]), L.Dense(3, "tanh")]),
            functional(3, [L.Dense(4, "tanh")]),
            L.Dense(6),
        ],
    ),
    ["Functional of Sequential of Sequential, Functional", "Dense relu", "Dense tanh", "Dense tanh", "Dense linear"],
    inputs(6, 8),
)
add(
    "nested_twice_silu.h5",
    chain(6, [functional(6, [functional(6, [L.Dense(5, "silu")]), L.Dense(2, "silu")]), chain(2, [L.Dense(6)])]),
    ["Sequential of Functional of Functional, Sequential", "Dense silu", "Dense silu", "Dense linear"],
    inputs(6, 9),
)

# Scaling at either end

add(
    "normalization.keras",
    chain(8, [adapted(8), L.Dense(5, "relu"), L.Dense(8), adapted(8, invert=True)]),
    ["Normalization", "Dense relu", "Dense linear", "Normalization invert"],
    features(8, 10),
)
add(
    "normalization_functional.h5",
    functional(9, [adapted(9), L.Dense(4, "tanh"), L.Dense(9), adapted(9, invert=True)]),
    ["Normalization", "Dense tanh", "Dense linear", "Normalization invert"],
    features(9, 11),
)
add(
    "normalization_given.keras",
    functional(
        4,
        [
            L.Normalization(mean=[9.81, 0.35, 3.1, 4.2], variance=[4e-4, 1.6e-3, 0.16, 0.25]),
            L.Dense(3, "elu"),
            L.Dense(4),
        ],
    ),
    ["Normalization of given mean and variance", "Dense elu", "Dense linear"],
    features(4, 12),
)
add(
    "normalization_scalar.h5",
    chain(5, [L.Normalization(axis=None, mean=4.5, variance=30.25), L.Dense(3, "relu"), L.Dense(5)]),
    ["Normalization of one mean and variance", "Dense relu", "Dense linear"],
    inputs(5, 13),
)
add(
    "rescaling.keras",
    chain(
        7, [L.Rescaling(1 / 64, offset=-0.25), L.Dense(4, "sigmoid"), L.Dense(7, "sigmoid"), L.Rescaling(64.0, 16.0)]
    ),
    ["Rescaling", "Dense sigmoid", "Dense sigmoid", "Rescaling"],
    inputs(7, 14),
)
add(
    "rescaling_each.h5",
    functional(4, [L.Rescaling([0.5, 2.0, 8.0, 0.1], [-5.0, 0.0, 1.0, 0.5]), L.Dense(6, "tanh"), L.Dense(4)]),
    ["Rescaling of each feature", "Dense tanh", "Dense linear"],
    inputs(4, 15),
)

# BatchNormalization, activations as layers, layers that do nothing when a model runs

add(
    "batch_normalization_before.h5",
    chain(8, [L.Dense(5, use_bias=False), L.BatchNormalization(), L.ReLU(), L.Dense(8)]),
    ["Dense linear without bias", "BatchNormalization", "ReLU", "Dense linear"],
    inputs(8, 16),
)
add(
    "batch_normalization_after.keras",
    functional(
        8,
        [
            L.Dense(6, "relu"),
            L.BatchNormalization(scale=False),
            L.Dropout(0.2),
            L.Dense(3, "tanh"),
            L.BatchNormalization(center=False),
            L.Dense(8),
        ],
    ),
    [
        "Dense relu",
        "BatchNormalization without gamma",
        "Dropout",
        "Dense tanh",
        "BatchNormalization without beta",
        "Dense linear",
    ],
    inputs(8, 17),
)
add(
    "batch_normalization_first.keras",
    chain(6, [L.BatchNormalization(epsilon=0.01), L.Dense(4, "softplus"), L.Dense(6)]),
    ["BatchNormalization", "Dense softplus", "Dense linear"],
    inputs(6, 18),
)
add(
    "activation_layers.keras",
    chain(
        6, [L.Dense(5), L.Activation("tanh"), L.Dense(4), L.Activation("sigmoid"), L.Dense(6), L.Activation("linear")]
    ),
    ["Dense linear", "Activation tanh", "Dense linear", "Activation sigmoid", "Dense linear", "Activation linear"],
    inputs(6, 19),
)
add(
    "activation_layers_functional.h5",
    functional(
        6,
        [
            L.Dense(5),
            L.Activation("relu"),
            L.Dense(4),
            L.Activation("softplus"),
            L.Dense(5),
            L.Activation("gelu"),
            L.Dense(6),
        ],
    ),
    [
        "Dense linear",
        "Activation relu",
        "Dense linear",
        "Activation softplus",
        "Dense linear",
        "Activation gelu",
        "Dense linear",
    ],
    inputs(6, 20),
)
add(
    "leaky_relu.h5",
    chain(6, [L.Dense(4), L.LeakyReLU(0.1), L.Dense(5, "leaky_relu"), L.Dense(6), L.ReLU(negative_slope=0.05)]),
    ["Dense linear", "LeakyReLU 0.1", "Dense leaky_relu", "Dense linear", "ReLU negative_slope 0.05"],
    inputs(6, 21),
)
add(
    "elu.keras",
    functional(5, [L.Dense(4), L.ELU(0.7), L.Dense(3, "elu"), L.Dense(5)]),
    ["Dense linear", "ELU 0.7", "Dense elu", "Dense linear"],
    inputs(5, 22),
)
shared = chain(7, [L.Dense(4), L.PReLU(keras.initializers.Constant(0.3), shared_axes=[1]), L.Dense(7)])
add("prelu.keras", shared, ["Dense linear", "PReLU shared", "Dense linear"], inputs(7, 23))
add(
    "noise.h5",
    functional(
        8,
        [
            L.GaussianNoise(0.1),
            L.Dense(5, "relu"),
            L.Dropout(0.3),
            L.Dense(3, activity_regularizer="l1"),
            L.ActivityRegularization(l1=1e-4),
            L.GaussianDropout(0.1),
            L.Dense(8),
        ],
    ),
    [
        "GaussianNoise",
        "Dense relu",
        "Dropout",
        "Dense linear",
        "ActivityRegularization",
        "GaussianDropout",
        "Dense linear",
    ],
    inputs(8, 24),
)
add(
    "shapes.keras",
    chain(6, [L.Flatten(), L.Dense(4, "selu"), L.Reshape((4,)), L.Identity(), L.AlphaDropout(0.1), L.Dense(6)]),
    ["Flatten", "Dense selu", "Reshape to the same", "Identity", "AlphaDropout", "Dense linear"],
    inputs(6, 25),
)

# Activations as words

add(
    "silu.keras",
    chain(4, [L.Dense(6, "silu"), L.Dense(3, "swish"), L.Dense(4)]),
    ["Dense silu", "Dense swish", "Dense linear"],
    inputs(4, 26),
)
add(
    "many.keras",
    functional(
        12,
        [
            L.Dense(9, "leaky_relu"),
            L.Dense(7, "elu"),
            L.Dense(5, "selu"),
            L.Dense(4, "softplus"),
            L.Dense(5, "gelu"),
            L.Dense(9, "silu"),
            L.Dense(12, "linear"),
        ],
    ),
    ["Dense leaky_relu", "Dense elu", "Dense selu", "Dense softplus", "Dense gelu", "Dense silu", "Dense linear"],
    inputs(12, 27),
)
add("gelu.h5", chain(6, [L.Dense(4, "gelu"), L.Dense(6)]), ["Dense gelu", "Dense linear"], inputs(6, 28))


@keras.saving.register_keras_serializable()
def gelu_tanh(x):
    return keras.activations.gelu(x, approximate=True)


# GELU by tanh has no word in Keras: an operation of a functional model, or a function of one's own.
start = keras.Input((6,))
end = L.Dense(6)(keras.ops.gelu(L.Dense(4)(start), approximate=True))
add(
    "gelu_tanh.keras",
    keras.Model(start, end),
    ["Dense linear", "keras.ops.gelu approximate", "Dense linear"],
    inputs(6, 29),
)
start = keras.Input((5,))
end = L.Dense(5)(keras.ops.gelu(L.Dense(3)(start), approximate=False))
add(
    "gelu_exact_operation.keras",
    keras.Model(start, end),
    ["Dense linear", "keras.ops.gelu exact", "Dense linear"],
    inputs(5, 30),
)

# Names, groups, what lies beside the weights

add(
    "names.h5",
    chain(
        6,
        [L.Dense(4, "relu", name="the encoder"), L.Dense(2, "tanh", name="Code.1"), L.Dense(6, name="dense")],
        "pump_3",
    ),
    ["Dense relu", "Dense tanh", "Dense linear"],
    inputs(6, 31),
)
add(
    "names_functional.keras",
    functional(
        6,
        [L.Dense(4, "tanh", name="dense_1"), L.Dense(2, "relu", name="Dense"), L.Dense(6, name="dense")],
        name="Pumpe Süd",
    ),
    ["Dense tanh", "Dense relu", "Dense linear"],
    inputs(6, 32),
)
fitted = functional(6, [L.Dense(4, "tanh", use_bias=False), L.Dense(6, use_bias=False)])
fitted.compile(keras.optimizers.Adam(), "mean_squared_error", metrics=["mean_absolute_error"])
fitted.fit(inputs(6, 33), inputs(6, 33), epochs=3, verbose=0)
add("fitted.keras", fitted, ["Dense tanh without bias", "Dense linear without bias"], inputs(6, 33))
fitted = chain(6, [L.BatchNormalization(), L.Dense(4, "tanh"), L.BatchNormalization(), L.Dense(6)])
fitted.compile(keras.optimizers.Adam(), "mean_squared_error")
fitted.fit(inputs(6, 34), inputs(6, 34), epochs=3, verbose=0)
add(
    "fitted_batch_normalization.h5",
    fitted,
    ["BatchNormalization", "Dense tanh", "BatchNormalization", "Dense linear"],
    inputs(6, 34),
)
clone = keras.models.clone_model(chain(5, [L.Dense(8, "relu"), L.Dense(3, "sigmoid"), L.Dense(5)]))
add("cloned.keras", clone, ["Dense relu", "Dense sigmoid", "Dense linear"], inputs(5, 35))
# The layers made in another order than they run in: the groups go by the order in the model.
last, first = L.Dense(6), L.Dense(4, "softplus")
add("made_backwards.keras", chain(6, [first, last]), ["Dense softplus", "Dense linear"], inputs(6, 36))

# Other precisions

add(
    "float64.keras",
    chain(6, [L.Dense(4, "relu", dtype="float64"), L.Dense(6, "tanh", dtype="float64")]),
    ["Dense relu float64", "Dense tanh float64"],
    inputs(6, 37),
    weights="float64",
)


def in_float32(file):
    """Of half precision Keras computes in half, which no other program repeats to the last digit: the
    outputs are Keras' own for the same weights in float32."""
    loaded = keras.models.load_model(folder.file(file), compile=False)
    full = chain(
        loaded.input_shape[-1],
        [type(layer).from_config({**layer.get_config(), "dtype": "float32"}) for layer in loaded.layers],
    )
    full.set_weights([np.asarray(weight, "float32") for weight in loaded.get_weights()])
    return full


for file, policy, layers, words, weights in (
    (
        "float16.keras",
        "float16",
        [L.Dense(4, "relu", dtype="float16"), L.Dense(6, "sigmoid", dtype="float16")],
        ["Dense relu float16", "Dense sigmoid float16"],
        "float16",
    ),
    (
        "mixed_float16.h5",
        "mixed_float16",
        [L.Dense(4, "tanh", dtype="mixed_float16"), L.Dense(6, dtype="mixed_float16")],
        ["Dense tanh mixed_float16", "Dense linear mixed_float16"],
        "float32",
    ),
):
    model = moved(chain(6, layers), 38)
    save(file, model)
    given = inputs(6, 38)
    folder.add(
        file,
        words,
        given,
        np.asarray(in_float32(file)(given)),
        weights,
        note="outputs of the same weights in float32",
    )

# Keras 2: names end in :0

K = tf_keras.layers


def chain_2(n, layers):
    return tf_keras.Sequential([tf_keras.Input((n,)), *layers])


add(
    "keras_2_sequential.h5",
    chain_2(6, [K.Dense(4), K.BatchNormalization(), K.LeakyReLU(0.2), K.Dense(6)]),
    ["Dense linear", "BatchNormalization", "LeakyReLU 0.2", "Dense linear"],
    inputs(6, 40),
    by=tf_keras,
    tool="tf_keras",
    version=tf_keras.__version__,
)
start = tf_keras.Input((8,))
end = chain_2(3, [K.Dense(5, "elu"), K.Dense(8)])(
    chain_2(8, [K.GaussianNoise(0.1), K.Dense(5, "elu"), K.Dense(3)])(start)
)
add(
    "keras_2_nested.h5",
    tf_keras.Model(start, end),
    [
        "Functional of Sequential, Sequential",
        "GaussianNoise",
        "Dense elu",
        "Dense linear",
        "Dense elu",
        "Dense linear",
    ],
    inputs(8, 41),
    by=tf_keras,
    tool="tf_keras",
    version=tf_keras.__version__,
)
normalization = K.Normalization()
normalization.adapt(features(5, 100, 400))
start = tf_keras.Input((5,))
end = K.Dense(5)(K.Activation("swish")(K.Dense(3)(normalization(start))))
add(
    "keras_2_normalization.h5",
    tf_keras.Model(start, end),
    ["Normalization", "Dense linear", "Activation swish", "Dense linear"],
    features(5, 42),
    by=tf_keras,
    tool="tf_keras",
    version=tf_keras.__version__,
)

add(
    "keras_2_names.h5",
    chain_2(
        6,
        [K.Dense(4, "tanh", name="encoder/first"), K.Dense(3, "selu", name="encoder/second"), K.Dense(6, name="out")],
    ),
    ["Dense tanh", "Dense selu", "Dense linear"],
    inputs(6, 43),
    by=tf_keras,
    tool="tf_keras",
    version=tf_keras.__version__,
)

# What judder has no layer for

add(
    "refused_softmax.keras",
    chain(6, [L.Dense(4, "relu"), L.Dense(3, "softmax")]),
    ["Dense relu", "Dense softmax"],
    inputs(6, 50),
    refused="a softmax sorts into classes; judder watches for what is new: give an autoencoder, or the model without its last layer: keras.Sequential(model.layers[:-1])",
)
add(
    "refused_relu6.h5",
    chain(6, [L.Dense(4), L.ReLU(6.0), L.Dense(6)]),
    ["Dense linear", "ReLU max_value 6", "Dense linear"],
    inputs(6, 51),
    refused="use L.ReLU() without max_value, and train again",
)
start = keras.Input((6,))
end = L.Add()([start, L.Dense(6)(L.Dense(3, "relu")(start))])
add(
    "refused_skip.keras",
    keras.Model(start, end),
    ["Dense relu", "Dense linear", "Add of the input"],
    inputs(6, 52),
    refused="judder runs chains of layers: leave the skip connection out, and train again",
)
add(
    "refused_lstm.keras",
    chain(6, [L.Reshape((6, 1)), L.LSTM(3), L.Dense(6)]),
    ["Reshape to steps", "LSTM", "Dense linear"],
    inputs(6, 53),
    refused="judder has no recurrent layers: use Dense layers on the features of a window",
)
