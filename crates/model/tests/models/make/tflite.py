"""What an interpreter of TensorFlow or of LiteRT computes from a .tflite file."""

import numpy as np


def outputs(interpreter, given):
    """The outputs for rows of float inputs, one row at a time. Integers are made from the inputs and
    to floats again by the scale and zero point of the model's input and output."""
    interpreter.allocate_tensors()
    (source,), (target,) = interpreter.get_input_details(), interpreter.get_output_details()
    out = []
    for row in given:
        if source["dtype"] == np.int8:
            scale, zero = source["quantization"]
            row = np.clip(np.round(row / np.float32(scale)) + zero, -128, 127)
        interpreter.set_tensor(source["index"], row[None].astype(source["dtype"]))
        interpreter.invoke()
        values = interpreter.get_tensor(target["index"])[0]
        if target["dtype"] == np.int8:
            scale, zero = target["quantization"]
            values = np.float32(scale) * (values.astype(np.float32) - zero)
        out.append(values)
    return np.array(out)


def int8_step(interpreter):
    """The scale of the output, or of the last int8 tensor in front of it."""
    interpreter.allocate_tensors()
    tensors = {tensor["index"]: tensor for tensor in interpreter.get_tensor_details()}
    (target,) = interpreter.get_output_details()
    index = target["index"]
    if target["dtype"] != np.int8:
        last = [op for op in interpreter._get_ops_details() if op["op_name"] == "DEQUANTIZE"][-1]
        assert last["outputs"][0] == index, "the output is not made by a DEQUANTIZE"
        index = last["inputs"][0]
    return float(tensors[index]["quantization"][0])


def dynamic_step(interpreter, many):
    """With a dynamic range the outputs are floats without a scale: a step is their range over `many`
    inputs, which are of the kind that is compared, in 255 parts."""
    values = outputs(interpreter, many)
    return float((values.max() - values.min()) / 255)
