#!/usr/bin/env bash
# TensorFlow 2.21.0 with Keras 3.15.1: the converter to `.tflite`, and the activation softplus.
#
# Expected: softplus(x) = log(1 + exp x), which is x for a large x and exp x for a small one, as Keras computes it: 89 of 89, and
#           4e-8 of -17.
# Seen:     the file has EXP, ADD 1, LOG, as the formula is written: inf of 89 and above, as exp 89 is beyond float32, and 0 of
#           -17 and below, as 1 + 4e-8 is 1. (litert-torch 0.10.0, for the same function of PyTorch, has a guard: SELECT.)
# Matters:  one feature far off gives inf, and the layers behind it inf or NaN, on a chip that runs the file and nowhere in Python
#           where it was tested. The error of a reconstruction that is NaN is not above a threshold: what is
#           strangest is called normal.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet tensorflow==2.21.0 keras==3.15.1 ai-edge-litert==2.3.0 numpy==2.4.6
cat > "$folder/run.py" <<'PY'
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import numpy as np
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter

model = keras.Sequential([keras.Input((1,)), keras.layers.Activation("softplus")])
interpreter = Interpreter(model_content=tf.lite.TFLiteConverter.from_keras_model(model).convert())
interpreter.allocate_tensors()
(source,), (target,) = interpreter.get_input_details(), interpreter.get_output_details()
# Of version 2.3.0 the only way to the operators' names.
operators = [operator["op_name"] for operator in interpreter._get_ops_details()]
print("operators:", *[name for name in operators if name != "DELEGATE"])


def both(x):
    row = np.array([[x]], "float32")
    interpreter.set_tensor(source["index"], row)
    interpreter.invoke()
    return float(model(row)[0, 0]), float(interpreter.get_tensor(target["index"])[0, 0])


seen = {x: both(x) for x in (-20, -17, 1, 88, 89, 100)}
for x, (keras_gives, file_gives) in seen.items():
    print(f"softplus of {x}: {keras_gives:.4g} in Keras, {file_gives:.4g} in the file")
assert all(abs(seen[x][0] - seen[x][1]) < 1e-4 for x in (1, 88)), "softplus is another function now"
assert all(file_gives == np.inf and abs(keras_gives - x) < 1e-4 for x in (89, 100) for keras_gives, file_gives in [seen[x]]), \
    "softplus does not overflow any more"
assert all(file_gives == 0 < keras_gives for x in (-20, -17) for keras_gives, file_gives in [seen[x]]), \
    "softplus of small numbers is no longer 0"
PY
echo "tensorflow 2.21.0, keras 3.15.1, ai-edge-litert 2.3.0, $(python3 --version)"
"$folder/venv/bin/python" "$folder/run.py" 2> "$folder/log" | grep -E "^(operators|softplus)" || { cat "$folder/log"; exit 1; }
