#!/usr/bin/env bash
# TensorFlow 2.21.0 with Keras 3.15.1: the converter to `.tflite`, with weights in float16 ("post-training float16 quantization").
#
# Expected: weights are halved in size at next to no loss: each is off by at most 1 part in 2000, and a network bears that.
# Seen:     the mean and the factor of a Normalization layer are weights too. A mean of 9.81 becomes 9.8125; where a feature's
#           standard deviation is 1e-3, a row at its mean, which Keras makes 0, comes out as -2.5. All float32: 0.
# Matters:  1 part in 2000 of a mean is no bound in deviations: what reaches the network is shifted by the mean's rounding over the
#           deviation. A mean of gravity in m/s² is such a feature. An autoencoder that was trained on standardised features then
#           calls every window of a healthy machine an anomaly. Scale before the network, or keep float32.
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

# Of gravity in m/s², on a machine that stands firmly, and of an RMS.
MEAN, SD = np.array([9.81, 0.35]), np.array([0.001, 0.04])


def converted(model, half):
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if half:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.target_spec.supported_types = [tf.float16]
    return converter.convert()


def run(file, row):
    interpreter = Interpreter(model_content=file)
    interpreter.allocate_tensors()
    (source,), (target,) = interpreter.get_input_details(), interpreter.get_output_details()
    interpreter.set_tensor(source["index"], row)
    interpreter.invoke()
    return interpreter.get_tensor(target["index"])[0]


model = keras.Sequential([keras.Input((2,)), keras.layers.Normalization(mean=MEAN, variance=SD**2)])
row = MEAN.astype("float32")[None]
seen = {"Keras": model(row).numpy()[0]}
for name, half in (("float32", False), ("float16", True)):
    seen[name] = run(converted(model, half), row)
for name, found in seen.items():
    print(f"{name:7}: a row at the mean is at {found[0]:.4f} and {found[1]:.4f} standard deviations")
print(f"9.81 in float16 is {float(np.float16(9.81))}")
assert all(abs(found).max() < 1e-3 for found in (seen["Keras"], seen["float32"])), "float32 is off now"
assert -2.51 < seen["float16"][0] < -2.49 and abs(seen["float16"][1]) < 0.01, "float16 rounds otherwise now"
PY
echo "tensorflow 2.21.0, keras 3.15.1, ai-edge-litert 2.3.0, $(python3 --version)"
"$folder/venv/bin/python" "$folder/run.py" 2> "$folder/log" | grep -E "^(Keras|float|9)" || { cat "$folder/log"; exit 1; }
