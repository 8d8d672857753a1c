#!/usr/bin/env bash
# TensorFlow 2.21.0 with Keras 3.15.1: the converter to `.tflite`, and the activation softplus. ai-edge-litert 2.3.0 beside it.
#
# Expected: softplus(x) = log(1 + exp x), which is x for a large x and exp x for a small one, as Keras computes it: 89 of 89, and
#           4e-8 of -17.
# Seen:     the file has EXP, ADD 1, LOG, as the formula is written. exp 89 is beyond float32, and what becomes of that is the
#           runtime's: TensorFlow's interpreter gives inf of all from 89 on, LiteRT's 88.38 of 89 as of 100, and both 88.72 without
#           their delegate (XNNPACK). Below -17 all give 0, as 1 + 4e-8 is 1. (litert-torch 0.10.0, for the same function of
#           PyTorch, has a guard: GREATER, SELECT.)
# Matters:  one feature far off gives inf, and the layers behind it inf or NaN: an error of reconstruction that is NaN is not above
#           a threshold, so that what is strangest is called normal. Where the runtime clamps, it stays finite and is another
#           number than Keras', by the runtime, its version and the processor.
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
from ai_edge_litert import interpreter as litert

model = keras.Sequential([keras.Input((1,)), keras.layers.Activation("softplus")])
file = tf.lite.TFLiteConverter.from_keras_model(model).convert()


def given(kind, resolvers, plain, rows):
    """The operators of the file, and what an interpreter gives of each row."""
    resolver = resolvers.BUILTIN_WITHOUT_DEFAULT_DELEGATES if plain else resolvers.AUTO
    interpreter = kind(model_content=file, experimental_op_resolver_type=resolver)
    interpreter.allocate_tensors()
    (source,), (target,) = interpreter.get_input_details(), interpreter.get_output_details()
    # Of these versions the only way to the operators' names.
    operators = [operator["op_name"] for operator in interpreter._get_ops_details()]
    found = {}
    for x in rows:
        interpreter.set_tensor(source["index"], np.array([[x]], "float32"))
        interpreter.invoke()
        found[x] = float(interpreter.get_tensor(target["index"])[0, 0])
    return [name for name in operators if name != "DELEGATE"], found


rows = (-20, -17, 1, 88, 89, 100)
tensorflow = (tf.lite.Interpreter, tf.lite.experimental.OpResolverType)
kinds = {"TensorFlow": tensorflow, "LiteRT": (litert.Interpreter, litert.OpResolverType)}
seen = {"Keras": {x: float(model(np.array([[x]], "float32"))[0, 0]) for x in rows}}
for name, (kind, resolvers) in kinds.items():
    for plain in (False, True):
        operators, found = given(kind, resolvers, plain, rows)
        assert operators == ["EXP", "ADD", "LOG"], f"softplus is {operators} now"
        seen[name + (", no delegate" if plain else "")] = found
for name, found in seen.items():
    print(f"softplus of {', '.join(map(str, rows))}: {name}: {', '.join(f'{found[x]:.4g}' for x in rows)}")
exact = seen.pop("Keras")
assert abs(exact[89] - 89) < 1e-4 and abs(exact[100] - 100) < 1e-4 and exact[-17] > 4e-8, "Keras computes it otherwise now"
for name, found in seen.items():
    assert all(abs(found[x] - exact[x]) < 1e-4 for x in (1, 88)), f"{name}: softplus is another function now"
    assert found[-17] == found[-20] == 0, f"{name}: softplus of small numbers is no longer 0"
    assert found[89] == found[100] and found[100] != exact[100], f"{name}: softplus of large numbers is right now"
assert seen["TensorFlow"][89] == np.inf, "TensorFlow's interpreter does not give inf any more"
PY
echo "tensorflow 2.21.0, keras 3.15.1, ai-edge-litert 2.3.0, $(python3 --version)"
"$folder/venv/bin/python" "$folder/run.py" 2> "$folder/log" | grep "^softplus" || { cat "$folder/log"; exit 1; }
