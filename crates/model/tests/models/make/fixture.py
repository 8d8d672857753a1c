"""Writes the model files of one tool into a folder, each with a .json of its layers, inputs and outputs."""

import json
import os
import sys

import numpy as np


class Folder:
    """The folder of one tool: OUT_DIR/tool, OUT_DIR from the command line."""

    def __init__(self, tool, version):
        out = sys.argv[1] if len(sys.argv) == 2 else sys.exit(f"usage: {sys.argv[0]} OUT_DIR")
        self.path = os.path.join(out, tool)
        self.tool, self.version = tool, version
        self.names, self.layers = set(), set()
        os.makedirs(self.path, exist_ok=True)

    def file(self, name):
        """The path of a file of this folder."""
        return os.path.join(self.path, name)

    def add(self, file, layers, inputs, outputs, weights="float32", **more):
        """Writes the .json of `file`, which the tool has written. `more` may hold `step` (of the
        outputs of a quantised model), `refused`, `distances`, another `tool` or `version`, a `note`."""
        name, format = file.rsplit(".", 1)
        assert name not in self.names, f"{name} twice"
        assert tuple(layers) not in self.layers, f"{layers} twice"
        self.names.add(name)
        self.layers.add(tuple(layers))
        fields = {
            "tool": more.pop("tool", self.tool),
            "version": more.pop("version", self.version),
            "format": format,
            "layers": layers,
            "weights": weights,
            "inputs": rows(inputs),
            "outputs": rows(outputs),
            **{key: rows(value) if key == "distances" else value for key, value in more.items()},
        }
        with open(self.file(name + ".json"), "w", encoding="utf-8") as out:
            out.write("{\n" + ",\n".join(f'  "{k}": {text(v)}' for k, v in fields.items()) + "\n}\n")
        size = os.path.getsize(self.file(file))
        print(f"{self.tool}/{file}: {size} bytes, {', '.join(layers)}")


def rows(values):
    """Rows of Python numbers: each float32 as the double that it is, so that it reads back exactly.
    A model of two inputs has a list of rows for each."""
    if isinstance(values, (list, tuple)) and values and getattr(values[0], "ndim", 0) == 2:
        return [rows(value) for value in values]
    values = np.asarray(values)
    assert np.isfinite(values).all(), "not finite"
    return [[float(number) for number in row] for row in values.reshape(len(values), -1)]


def text(value):
    if isinstance(value, list) and value and isinstance(value[0], list):
        return "[\n" + ",\n".join("    " + json.dumps(row) for row in value) + "\n  ]"
    return json.dumps(value, ensure_ascii=False)


def inputs(n, seed):
    """Eight rows about zero: near it, of the size of standardised features, and up to 20."""
    draw = np.random.default_rng(seed)
    sizes = np.array([2.0**-10, 2.0**-4, 1, 1, 1, 3, 6, 0])[:, None]
    values = draw.standard_normal((8, n)) * sizes
    values[7] = draw.uniform(-20, 20, n)
    values[7, 0], values[7, -1] = 20, -20
    return rounded(values)


# Of a vibrating machine: mean and standard deviation of a feature, such as a mean of gravity in
# m/s², an RMS, a kurtosis, a crest factor, a frequency in Hz, a variance, a level in dB.
FEATURES = np.array(
    [
        [9.81, 0.02],
        [0.35, 0.04],
        [3.1, 0.4],
        [4.2, 0.5],
        [118.0, 6.0],
        [0.12, 0.03],
        [-41.0, 3.0],
        [1475.0, 12.0],
        [0.004, 0.001],
        [-0.27, 0.05],
        [22.5, 1.5],
        [6.0, 2.0],
    ]
)


def features(n, seed, count=8):
    """Rows that look like `n` features: usual ones, the last two of a machine that has changed."""
    draw = np.random.default_rng(seed)
    mean, sd = FEATURES[:n].T
    values = mean + sd * draw.standard_normal((count, n))
    values[-2] = mean + sd * draw.uniform(-6, 6, n)
    values[-1] = mean + sd * draw.choice([-20, 20], n)
    return rounded(values)


def rounded(values):
    """Short numbers that float32 holds exactly: multiples of 2^-14 below 64, else of 2^-8."""
    steps = np.where(np.abs(values) < 64, 2.0**14, 2.0**8)
    return (np.round(values * steps) / steps).astype(np.float32)
