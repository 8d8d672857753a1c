#!/usr/bin/env bash
# tf2onnx 1.17.0 with TensorFlow 2.21.0, and what calls it: Keras 3.15.1, `model.export("m.onnx", format="onnx")`. ONNX Runtime 1.32.0.
#
# Expected: a Dense layer with "gelu", which Keras computes by the error function, becomes `Erf`, which ONNX has had since opset 9;
#           or the export fails.
# Seen:     Keras writes GELU as x erfc(-x / sqrt 2) / 2, TensorFlow has an operator Erfc, and tf2onnx copies it by name into the
#           graph, where ONNX has none. It logs a line and ends well, Keras' export likewise. onnx refuses the file, and so does
#           ONNX Runtime. GELU by tanh (`approximate=True`) is exported and runs. Opset 9, 15 and 17 make no difference.
# Matters:  GELU is a usual choice, "gelu" is its exact form in Keras 3, and whoever exports is told nothing by the exit status.
#           The file fails where it is used, perhaps on another machine, and the message names an operator that nobody wrote.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet tensorflow==2.21.0 keras==3.15.1 tf2onnx==1.17.0 onnx==1.23.2 onnxruntime==1.32.0 numpy==2.4.6
cat > "$folder/run.py" <<'PY'
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import numpy as np
import onnx
import onnxruntime
import tensorflow as tf
import tf2onnx


def gelu_by_tanh(x):
    return keras.activations.gelu(x, approximate=True)


def refusals(path):
    """What onnx and ONNX Runtime say of a file."""
    said = []
    for look in (lambda: onnx.checker.check_model(onnx.load(path)), lambda: onnxruntime.InferenceSession(path)):
        try:
            look()
        except Exception as error:
            said.append("No Op registered for Erfc" in str(error))
    return said


def made(activation):
    start = keras.Input((3,))
    return keras.Model(start, keras.layers.Dense(4, activation=activation)(start))


def tell(how, path):
    operators = [node.op_type for node in onnx.load(path).graph.node]
    said = refusals(path)
    print(f"{how}: ends well; {' '.join(operators)}; refused for want of Erfc by {sum(said)} of onnx and ONNX Runtime")
    return "Erfc" in operators, said


seen = {}
for name, activation in (("gelu", "gelu"), ("gelu by tanh", gelu_by_tanh)):
    path = os.path.join(sys.argv[1], "m.onnx")
    model = made(activation)
    model(np.zeros((1, 3), "float32"))
    model.export(path, format="onnx", verbose=False)
    seen[name] = tell(f"export, {name}", path)
for opset in (9, 15, 17):
    path = os.path.join(sys.argv[1], "n.onnx")
    signature = [tf.TensorSpec((None, 3), tf.float32, name="x")]
    tf2onnx.convert.from_keras(made("gelu"), signature, output_path=path, opset=opset)
    seen[opset] = tell(f"from_keras, opset {opset}", path)
assert seen.pop("gelu by tanh") == (False, []), "GELU by tanh is not exported any more"
assert all(found == (True, [True, True]) for found in seen.values()), "exact GELU is exported otherwise now"
PY
echo "tf2onnx 1.17.0, tensorflow 2.21.0, keras 3.15.1, onnx 1.23.2, onnxruntime 1.32.0, $(python3 --version)"
"$folder/venv/bin/python" "$folder/run.py" "$folder" 2> "$folder/log" || { cat "$folder/log"; exit 1; }
grep "Unsupported ops" "$folder/log" | head -1
