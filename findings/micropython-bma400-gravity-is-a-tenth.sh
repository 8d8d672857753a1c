#!/usr/bin/env bash
# micropython-bma400 0.1.2 and micropython-bmi160 0.1.2 (PyPI), drivers of Bosch's BMA400 and BMI160 for MicroPython.
#
# Expected: a still sensor's `acceleration`, in m/s² as the BMA400's documentation says, is 9.81 along gravity; or 1, if in g.
# Seen:     0.102: the reading in g is divided by 9.80665, not multiplied. (By the same author, the drivers of the MMA8452Q and
#           of the ADXL343 give 9.81.)
# Matters:  readings are in no unit: 9.81 times below g and 96 times below m/s². What tells a unit by the length of gravity
#           has none to offer, and a sensor that reads a tenth of a g looks like one whose mean was removed. A model learnt so
#           works until the driver is mended; then all its scores are off by a factor of 96².
#
# The bus below is a register file that holds 1 g on z.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --no-deps micropython-bma400==0.1.2 micropython-bmi160==0.1.2 micropython-mma8452q==0.1.0
# What MicroPython itself would bring.
printf 'def const(value):\n    return value\n' > "$folder/micropython.py"
cat > "$folder/run.py" <<'PY'
import struct

from micropython_bma400 import bma400
from micropython_bmi160 import bmi160
from micropython_mma8452q import mma8452q


class I2C:
    """A chip's registers, as MicroPython's `machine.I2C` reads and writes them."""

    def __init__(self, registers):
        self.registers = registers

    def readfrom_mem(self, _address, register, length):
        return bytes(self.registers.get(register + at, 0) for at in range(length))

    def writeto_mem(self, _address, register, values):
        self.registers.update({register + at: value for at, value in enumerate(values)})


def chip(identity, others, at, layout, one_g):
    data = struct.pack(layout, 0, 0, one_g)
    return I2C({identity[0]: identity[1], **others, **{at + i: byte for i, byte in enumerate(data)}})


# At 2 g each: 12 bits, 16 bits, and 12 bits left-aligned.
sensors = {
    "BMA400": bma400.BMA400(chip((0x00, 0x90), {0x1A: 0x08}, 0x04, "<hhh", 1024)),
    "BMI160": bmi160.BMI160(chip((0x00, 0xD1), {0x41: 0b0011}, 0x12, "<hhh", 16384)),
    "MMA8452Q": mma8452q.MMA8452Q(chip((0x0D, 0x2A), {}, 0x01, ">hhh", 1024 << 4)),
}
seen = {name: sensor.acceleration[2] for name, sensor in sensors.items()}
for name, z in seen.items():
    print(f"{name:8}: 1 g along z reads {z:.5f}")
assert all(round(seen[name], 5) == 0.10197 for name in ["BMA400", "BMI160"]), "gravity reads otherwise now"
assert round(seen["MMA8452Q"], 5) == 9.80665
PY
echo "micropython-bma400 0.1.2, micropython-bmi160 0.1.2, micropython-mma8452q 0.1.0, $(python3 --version)"
PYTHONPATH="$folder" "$folder/venv/bin/python" "$folder/run.py"
