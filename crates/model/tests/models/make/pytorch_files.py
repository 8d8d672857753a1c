"""Model files that PyTorch exports to ONNX: python pytorch_files.py OUT_DIR"""

import warnings

import torch
from torch import nn

from fixture import Folder, features, inputs

folder = Folder("pytorch", torch.__version__.split("+")[0])
torch.manual_seed(22)
warnings.filterwarnings("ignore")


def add(name, model, layers, given, weights="float32", eager=None, batch=False, **export):
    """Exports the model, by default with the exporter that PyTorch takes by default (dynamo), and stores
    what PyTorch itself computes."""
    more = {key: export.pop(key) for key in ("refused", "note") if key in export}
    model.eval()
    move(model, len(folder.names))
    rows = [torch.from_numpy(each) for each in (given if isinstance(given, list) else [given])]
    example = tuple(each if batch else each[:1] for each in rows)
    export_to(folder.file(name + ".onnx"), model, example, **export)
    with torch.no_grad():
        outputs = (eager or model)(*rows)
    exporter = "dynamo=False" if export.get("dynamo") is False else "dynamo"
    folder.add(name + ".onnx", [exporter, *layers], given, outputs.numpy(), weights, **more)


def export_to(path, model, example, dynamo=True, external_data=True, **export):
    if not dynamo:
        torch.onnx.export(model, example, path, dynamo=False, **export)
        return
    # As `torch.onnx.export(model, example, path)` does, but for the stack trace that it writes at every
    # node: the paths of this script and of PyTorch on the machine that ran it.
    program = torch.onnx.export(model, example, dynamo=True, verbose=False, **export)
    for node in program.model.graph:
        node.metadata_props.pop("pkg.torch.onnx.stack_trace", None)
    program.save(path, external_data=external_data)


def move(model, seed):
    """Draws what PyTorch starts with zeros or ones."""
    draw = torch.Generator().manual_seed(seed)
    for part in model.modules():
        if isinstance(part, nn.BatchNorm1d) and not hasattr(part, "as_made"):
            part.running_mean.normal_(0, 0.3, generator=draw)
            part.running_var.uniform_(0.5, 2, generator=draw)
            if part.affine:
                nn.init.uniform_(part.weight, 0.5, 2, generator=draw)
                nn.init.normal_(part.bias, 0, 0.3, generator=draw)


def chain(*layers):
    return nn.Sequential(*layers)


class Autoencoder(nn.Module):
    """As most tutorials write it; `scaled` by buffers at both ends, or by a factor first only."""

    def __init__(self, n, code, middle, activation, scaled=False):
        super().__init__()
        self.encoder = chain(nn.Linear(n, middle), activation(), nn.Linear(middle, code))
        self.decoder = chain(nn.Linear(code, middle), activation(), nn.Linear(middle, n))
        self.scaled = scaled
        values = torch.from_numpy(features(n, 100, 400))
        self.register_buffer("mean", values.mean(0))
        self.register_buffer("sd", values.std(0))

    def forward(self, x):
        if not self.scaled:
            return self.decoder(self.encoder(x))
        x = (x - self.mean) / self.sd
        return self.decoder(self.encoder(x)) * self.sd + self.mean


# The default exporter: matrices above 256 bytes lie in a file beside the model

add("relu", chain(nn.Linear(6, 4), nn.ReLU(), nn.Linear(4, 6)), ["Linear", "ReLU", "Linear"], inputs(6, 1))
add(
    "external_data",
    Autoencoder(12, 4, 9, nn.Tanh),
    ["Linear", "Tanh", "Linear", "Linear", "Tanh", "Linear"],
    inputs(12, 2),
)
add(
    "external_data_scaled",
    Autoencoder(9, 3, 12, nn.ReLU, scaled=True),
    ["(x - mean) / sd", "Linear", "ReLU", "Linear", "Linear", "ReLU", "Linear", "* sd + mean"],
    features(9, 3),
)
add(
    "dynamic_batch",
    Autoencoder(10, 3, 8, nn.SiLU),
    ["Linear", "SiLU", "Linear", "Linear", "SiLU", "Linear"],
    inputs(10, 4),
    batch=True,
    dynamic_shapes=({0: torch.export.Dim("batch")},),
    input_names=["features"],
    output_names=["reconstruction"],
)
add(
    "inside",
    Autoencoder(12, 5, 10, nn.ELU),
    ["Linear", "ELU", "Linear", "Linear", "ELU", "Linear"],
    inputs(12, 5),
    external_data=False,
)
add(
    "leaky_relu",
    chain(nn.Linear(6, 4), nn.LeakyReLU(0.1), nn.Linear(4, 6), nn.LeakyReLU()),
    ["Linear", "LeakyReLU 0.1", "Linear", "LeakyReLU 0.01"],
    inputs(6, 6),
)
add(
    "elu",
    chain(nn.Linear(6, 5), nn.ELU(0.7), nn.Linear(5, 4), nn.SELU(), nn.Linear(4, 6)),
    ["Linear", "ELU 0.7", "Linear", "SELU", "Linear"],
    inputs(6, 7),
)
add("celu", chain(nn.Linear(5, 4), nn.CELU(), nn.Linear(4, 5)), ["Linear", "CELU 1", "Linear"], inputs(5, 8))
add(
    "softplus", chain(nn.Linear(7, 4), nn.Softplus(), nn.Linear(4, 7)), ["Linear", "Softplus", "Linear"], inputs(7, 9)
)
add(
    "gelu",
    chain(nn.Linear(6, 5), nn.GELU(), nn.Linear(5, 4), nn.GELU(approximate="tanh"), nn.Linear(4, 6)),
    ["Linear", "GELU", "Linear", "GELU tanh", "Linear"],
    inputs(6, 10),
)
add(
    "nothing",
    chain(nn.Flatten(), nn.Linear(6, 4), nn.Dropout(0.3), nn.Sigmoid(), nn.Identity(), nn.Linear(4, 6)),
    ["Flatten", "Linear", "Dropout", "Sigmoid", "Identity", "Linear"],
    inputs(6, 11),
)
add(
    "batch_norm",
    chain(
        nn.BatchNorm1d(8),
        nn.Linear(8, 5),
        nn.BatchNorm1d(5),
        nn.ReLU(),
        nn.Linear(5, 3),
        nn.Tanh(),
        nn.BatchNorm1d(3),
        nn.Linear(3, 8),
    ),
    ["BatchNorm1d", "Linear", "BatchNorm1d", "ReLU", "Linear", "Tanh", "BatchNorm1d", "Linear"],
    inputs(8, 12),
)
add(
    "without_bias",
    chain(nn.Linear(6, 4, bias=False), nn.Tanh(), nn.Linear(4, 6, bias=False), nn.Sigmoid()),
    ["Linear without bias", "Tanh", "Linear without bias", "Sigmoid"],
    inputs(6, 13),
)
add("prelu", chain(nn.Linear(6, 4), nn.PReLU(), nn.Linear(4, 6)), ["Linear", "PReLU shared", "Linear"], inputs(6, 14))


class Matmul(nn.Module):
    """Matrices and constants in an order of one's own: x A, then 0.1 (B x')' and + b in front."""

    def __init__(self, n, code):
        super().__init__()
        self.a, self.b = nn.Parameter(torch.randn(n, code) / 2), nn.Parameter(torch.randn(n, code) / 2)
        self.shift = nn.Parameter(torch.randn(n) / 3)

    def forward(self, x):
        return self.shift + 0.1 * (torch.tanh(2.0 * (x @ self.a) - 0.5) @ self.b.T)


add("matmul", Matmul(6, 4), ["x @ a", "* 2 - 0.5", "tanh", "@ b.T", "* 0.1", "shift +"], inputs(6, 15))

# The exporter of before

add(
    "script_sigmoid",
    chain(nn.Linear(6, 4), nn.Sigmoid(), nn.Linear(4, 6)),
    ["Linear", "Sigmoid", "Linear"],
    inputs(6, 20),
    dynamo=False,
)
add(
    "script_batch_norm",
    chain(nn.BatchNorm1d(8), nn.Linear(8, 5), nn.ReLU(), nn.BatchNorm1d(5), nn.Linear(5, 8)),
    ["BatchNorm1d", "Linear", "ReLU", "BatchNorm1d", "Linear"],
    inputs(8, 21),
    dynamo=False,
)
add(
    "script_batch_norm_not_affine",
    chain(nn.Linear(6, 4), nn.BatchNorm1d(4, affine=False), nn.Tanh(), nn.Linear(4, 6)),
    ["Linear", "BatchNorm1d affine=False", "Tanh", "Linear"],
    inputs(6, 22),
    dynamo=False,
)
# Equal constants, as of layers never trained, are written once and come through Identity.
untrained = nn.BatchNorm1d(4)
untrained.as_made = True
add(
    "script_untrained",
    chain(nn.Linear(6, 4), untrained, nn.ReLU(), nn.Linear(4, 4), nn.Tanh(), nn.Linear(4, 6)),
    ["Linear", "BatchNorm1d untrained", "ReLU", "Linear", "Tanh", "Linear"],
    inputs(6, 28),
    dynamo=False,
)
add(
    "script_softplus",
    chain(nn.Flatten(), nn.Linear(7, 5), nn.Softplus(beta=2.0), nn.Linear(5, 4), nn.Softplus(), nn.Linear(4, 7)),
    ["Flatten", "Linear", "Softplus beta 2", "Linear", "Softplus", "Linear"],
    inputs(7, 23),
    dynamo=False,
)
add(
    "script_scaled",
    Autoencoder(8, 3, 6, nn.GELU, scaled=True),
    ["(x - mean) / sd", "Linear", "GELU", "Linear", "Linear", "GELU", "Linear", "* sd + mean"],
    features(8, 24),
    dynamo=False,
    dynamic_axes={"features": {0: "batch"}},
    input_names=["features"],
    output_names=["reconstruction"],
)
add(
    "script_without_bias",
    chain(nn.Linear(6, 4, bias=False), nn.SELU(), nn.Linear(4, 6, bias=False)),
    ["Linear without bias", "SELU", "Linear without bias"],
    inputs(6, 25),
    dynamo=False,
)
add(
    "script_opset_12",
    chain(nn.Linear(6, 4), nn.GELU(), nn.Linear(4, 5), nn.SiLU(), nn.Linear(5, 6)),
    ["opset 12", "Linear", "GELU", "Linear", "SiLU", "Linear"],
    inputs(6, 26),
    dynamo=False,
    opset_version=12,
)


class Half(nn.Module):
    """Weights in half precision; floats in and out."""

    def __init__(self, n, code):
        super().__init__()
        self.layers = chain(nn.Linear(n, code), nn.Tanh(), nn.Linear(code, n)).half()

    def forward(self, x):
        return self.layers(x.half()).float()


def in_float32(model):
    """PyTorch computes a half model in half, which no other program repeats to the last digit: the
    outputs are its own for the same weights in float32."""
    full = chain(
        nn.Linear(model.layers[0].in_features, model.layers[0].out_features),
        nn.Tanh(),
        nn.Linear(model.layers[2].in_features, model.layers[2].out_features),
    )
    full.load_state_dict({key: value.float() for key, value in model.layers.state_dict().items()})
    return full


half = Half(12, 5)
add(
    "half",
    half,
    ["Cast to half", "Linear half", "Tanh", "Linear half", "Cast to float"],
    inputs(12, 27),
    "float16",
    eager=in_float32(half),
    note="outputs of the same weights in float32",
)

# What judder has no layer for

add(
    "refused_mish",
    chain(nn.Linear(6, 4), nn.Mish(), nn.Linear(4, 6)),
    ["Linear", "Mish", "Linear"],
    inputs(6, 30),
    refused="judder has no Mish: use nn.SiLU(), and train again",
)
add(
    "refused_layer_norm",
    chain(nn.Linear(6, 4), nn.LayerNorm(4), nn.ReLU(), nn.Linear(4, 6)),
    ["Linear", "LayerNorm", "ReLU", "Linear"],
    inputs(6, 31),
    refused="judder has no LayerNorm: use nn.BatchNorm1d(4), and train again",
)
