"""Model files that LiteRT's own tools write, litert-torch and ai-edge-quantizer: python litert_files.py OUT_DIR"""

import os
import tempfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["JAX_PLATFORMS"] = "cpu"

from importlib.metadata import version

import litert_torch
import numpy as np
import torch
from ai_edge_litert.interpreter import Interpreter
from ai_edge_quantizer import algorithm_manager, qtyping, quantizer, recipe
from torch import nn

from fixture import Folder, features, inputs
from tflite import dynamic_step, int8_step, outputs

folder = Folder(
    "litert",
    f"{version('ai-edge-litert')}, litert-torch {version('litert-torch')}, ai-edge-quantizer {version('ai-edge-quantizer')}",
)
torch.manual_seed(24)


def add(name, layers, words, given, weights="float32", quantised=None, **more):
    """Converts a PyTorch model, quantises it by a recipe if one is given, and runs the file."""
    path = folder.file(name + ".tflite")
    model = nn.Sequential(*layers).eval()
    move(model, len(folder.names))
    converted = litert_torch.convert(model, (torch.from_numpy(given[:1]),))
    if quantised is None:
        converted.export(path)
    else:
        with tempfile.TemporaryDirectory() as temporary:
            plain = os.path.join(temporary, "plain.tflite")
            converted.export(plain)
            quantise(plain, path, quantised, given)
    if weights == "int8" and quantised != "weight_only_wi8_afp32":
        more["step"] = int8_step(Interpreter(path))
    if weights == "dynamic range":
        many = np.concatenate([inputs(given.shape[1], seed) for seed in range(1000, 1100)])
        more["step"] = dynamic_step(Interpreter(path), many)
    words = [quantised, *words] if quantised else words
    folder.add(name + ".tflite", words, given, outputs(Interpreter(path), given), weights, **more)


def move(model, seed):
    """Draws what PyTorch starts with zeros or ones."""
    draw = torch.Generator().manual_seed(seed)
    for part in model.modules():
        if isinstance(part, nn.BatchNorm1d):
            part.running_mean.normal_(0, 0.3, generator=draw)
            part.running_var.uniform_(0.5, 2, generator=draw)
            nn.init.uniform_(part.weight, 0.5, 2, generator=draw)
            nn.init.normal_(part.bias, 0, 0.3, generator=draw)


def quantise(plain, path, name, given):
    made = quantizer.Quantizer(plain)
    if name == "weight_only_float16":
        config = qtyping.OpQuantizationConfig(
            weight_tensor_config=qtyping.TensorQuantizationConfig(num_bits=16, dtype=qtyping.TensorDataType.FLOAT),
            compute_precision=qtyping.ComputePrecision.FLOAT,
            explicit_dequantize=True,
        )
        made.update_quantization_recipe(
            ".*", qtyping.TFLOperationName.ALL_SUPPORTED, config, algorithm_manager.AlgorithmName.FLOAT_CASTING
        )
    else:
        made.load_quantization_recipe(getattr(recipe, name)())
    calibrated = None
    if made.need_calibration:
        # By rows like the first of the inputs; the last two reach beyond them.
        draw = np.random.default_rng(1)
        rows = given[draw.integers(0, len(given) - 2, 200)] + 0.2 * given[:-2].std(0) * draw.standard_normal(
            (200, given.shape[1])
        )
        calibrated = made.calibrate({"serving_default": [{"args_0": row[None].astype("float32")} for row in rows]})
    made.quantize(calibrated).export_model(path, overwrite=True)


class Scaled(nn.Module):
    """An autoencoder with its own scaling by buffers."""

    def __init__(self, n, code):
        super().__init__()
        values = torch.from_numpy(features(n, 100, 400))
        self.register_buffer("mean", values.mean(0))
        self.register_buffer("sd", values.std(0))
        self.encode, self.decode = nn.Linear(n, code), nn.Linear(code, n)

    def forward(self, x):
        return self.decode(torch.relu(self.encode((x - self.mean) / self.sd))) * self.sd + self.mean


def usual(n, seed):
    """Rows of a common source with a little noise, and two that reach beyond the calibrated range."""
    draw = np.random.default_rng(seed)
    rows = draw.standard_normal((8, 3)) @ draw.standard_normal((3, n)) + 0.1 * draw.standard_normal((8, n))
    rows[6:] *= 4
    return (np.round(rows * 2.0**14) / 2.0**14).astype("float32")


# float32

add("relu", [nn.Linear(6, 4), nn.ReLU(), nn.Linear(4, 6)], ["Linear", "ReLU", "Linear"], inputs(6, 1))
add(
    "tanh",
    [nn.Linear(8, 5), nn.Tanh(), nn.Linear(5, 3), nn.Sigmoid(), nn.Linear(3, 8)],
    ["Linear", "Tanh", "Linear", "Sigmoid", "Linear"],
    inputs(8, 2),
)
add(
    "leaky_relu",
    [nn.Linear(6, 4), nn.LeakyReLU(0.1), nn.Dropout(0.2), nn.Linear(4, 6)],
    ["Linear", "LeakyReLU 0.1", "Dropout", "Linear"],
    inputs(6, 3),
)
add(
    "elu",
    [nn.Linear(6, 4), nn.ELU(), nn.Linear(4, 5), nn.ELU(0.7), nn.Linear(5, 6)],
    ["Linear", "ELU", "Linear", "ELU 0.7", "Linear"],
    inputs(6, 4),
)
add("selu", [nn.Linear(7, 4), nn.SELU(), nn.Linear(4, 7)], ["Linear", "SELU", "Linear"], inputs(7, 5))
add("celu", [nn.Linear(5, 4), nn.CELU(), nn.Linear(4, 5)], ["Linear", "CELU 1", "Linear"], inputs(5, 6))
add("softplus", [nn.Linear(7, 4), nn.Softplus(), nn.Linear(4, 7)], ["Linear", "Softplus", "Linear"], inputs(7, 7))
add("silu", [nn.Linear(4, 6), nn.SiLU(), nn.Linear(6, 4)], ["Linear", "SiLU", "Linear"], inputs(4, 8))
add(
    "gelu",
    [nn.Linear(6, 5), nn.GELU(), nn.Linear(5, 4), nn.GELU(approximate="tanh"), nn.Linear(4, 6)],
    ["Linear", "GELU", "Linear", "GELU tanh", "Linear"],
    inputs(6, 9),
)
add(
    "batch_norm",
    [
        nn.BatchNorm1d(8),
        nn.Linear(8, 5),
        nn.BatchNorm1d(5),
        nn.ReLU(),
        nn.Linear(5, 3),
        nn.Tanh(),
        nn.BatchNorm1d(3),
        nn.Linear(3, 8),
    ],
    ["BatchNorm1d", "Linear", "BatchNorm1d", "ReLU", "Linear", "Tanh", "BatchNorm1d", "Linear"],
    inputs(8, 10),
)
add(
    "without_bias",
    [
        nn.Flatten(),
        nn.Linear(6, 4, bias=False),
        nn.ReLU(),
        nn.Linear(4, 3, bias=False),
        nn.Linear(3, 6),
        nn.Sigmoid(),
    ],
    ["Flatten", "Linear without bias", "ReLU", "Linear without bias", "Linear", "Sigmoid"],
    inputs(6, 11),
)
add("scaled", [Scaled(8, 4)], ["(x - mean) / sd", "Linear", "ReLU", "Linear", "* sd + mean"], features(8, 12))

# Recipes of the quantizer. Its dynamic range takes small matrices too. Of int8 weights only, an operator
# DEQUANTIZE makes floats before they are used: such files have no step.

add(
    "dynamic_relu",
    [nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 4), nn.ReLU(), nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 8)],
    ["Linear", "ReLU", "Linear", "ReLU", "Linear", "ReLU", "Linear"],
    inputs(8, 20),
    "dynamic range",
    "dynamic_wi8_afp32",
)
add(
    "dynamic_tanh",
    [nn.Linear(12, 6), nn.Tanh(), nn.Linear(6, 12)],
    ["Linear", "Tanh", "Linear"],
    inputs(12, 21),
    "dynamic range",
    "dynamic_wi8_afp32",
)
add(
    "dynamic_legacy",
    [nn.Linear(12, 96), nn.GELU(), nn.Linear(96, 12)],
    ["Linear to 96", "GELU", "Linear"],
    inputs(12, 22),
    "dynamic range",
    "dynamic_legacy_wi8_afp32",
)
add(
    "weight_only_int8",
    [nn.Linear(10, 6), nn.SiLU(), nn.Linear(6, 10)],
    ["Linear", "SiLU", "Linear"],
    inputs(10, 23),
    "int8",
    "weight_only_wi8_afp32",
    note="weights only: dequantised before they are used, floats between the layers",
)
add(
    "weight_only_float16",
    [nn.Linear(10, 6), nn.ELU(), nn.Linear(6, 10)],
    ["Linear", "ELU", "Linear"],
    inputs(10, 24),
    "float16",
    "weight_only_float16",
)
add(
    "static_relu",
    [nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 4), nn.ReLU(), nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 8)],
    ["Linear", "ReLU", "Linear", "ReLU", "Linear", "ReLU", "Linear"],
    usual(8, 25),
    "int8",
    "static_wi8_ai8",
)
add(
    "static_tanh",
    [nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 4), nn.Sigmoid(), nn.Linear(4, 6)],
    ["Linear", "Tanh", "Linear", "Sigmoid", "Linear"],
    usual(6, 26),
    "int8",
    "static_wi8_ai8",
)
add(
    "static_gelu",
    [nn.Linear(6, 4), nn.GELU(), nn.Linear(4, 6)],
    ["Linear", "GELU", "Linear"],
    usual(6, 27),
    "int8",
    "static_wi8_ai8",
)
add(
    "static_silu",
    [nn.Linear(7, 4), nn.SiLU(), nn.Linear(4, 7)],
    ["Linear", "SiLU", "Linear"],
    usual(7, 28),
    "int8",
    "static_wi8_ai8",
)
