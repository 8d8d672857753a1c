#!/usr/bin/env bash
# micropython-bma400 0.1.2 (PyPI), a driver of Bosch's BMA400 for MicroPython.
#
# Expected: `sensor.output_data_rate = bma400.ACCEL_800HZ` sets the rate, and nothing else.
# Seen:     the constants of 400 and 800 Hz are 0xA4 and 0xB8, the field has four bits, and the rest of the byte goes to the
#           range and to the oversampling beside it. After "800 Hz" the chip is told 100 Hz and 16 g, and the driver goes on
#           converting by the range that it had: at 4 g each reading is a quarter of what it was. After "400 Hz" the field has
#           4, which is none of the rates, and asking for the rate raises KeyError.
# Matters:  a spectrum whose rate is taken from what was set is stretched by 8, and amplitudes fall to a quarter with the same
#           call. Whoever raises the rate of a board that was learnt with sees a machine that has become quiet.
#
# The bus below is a register file with the value that the chip has after a reset: 4 g and 200 Hz.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --no-deps micropython-bma400==0.1.2
# What MicroPython itself would bring.
printf 'def const(value):\n    return value\n' > "$folder/micropython.py"
cat > "$folder/run.py" <<'PY'
from micropython_bma400 import bma400

CONFIG = 0x1A


class I2C:
    """A chip's registers, as MicroPython's `machine.I2C` reads and writes them."""

    def __init__(self):
        self.registers = {0x00: 0x90, CONFIG: 0x49}

    def readfrom_mem(self, _address, register, length):
        return bytes(self.registers.get(register + at, 0) for at in range(length))

    def writeto_mem(self, _address, register, values):
        self.registers.update({register + at: value for at, value in enumerate(values)})


def rate(sensor):
    try:
        return sensor.output_data_rate
    except KeyError as error:
        return f"KeyError: {error}"


seen = {}
for name in ["ACCEL_200HZ", "ACCEL_400HZ", "ACCEL_800HZ"]:
    bus = I2C()
    sensor = bma400.BMA400(bus)
    sensor.output_data_rate = getattr(bma400, name)
    told = 2 << (bus.registers[CONFIG] >> 6)
    seen[name] = (rate(sensor), f"{told} g", sensor.acc_range)
    print(f"{name}: the register has {bus.registers[CONFIG]:#04x}: {rate(sensor)}, {told} g; the driver converts by {sensor.acc_range}")
assert seen["ACCEL_200HZ"] == ("ACCEL_200HZ", "4 g", "ACC_RANGE_4")
assert seen["ACCEL_400HZ"] == ("KeyError: 4", "16 g", "ACC_RANGE_4"), "400 Hz is set otherwise now"
assert seen["ACCEL_800HZ"] == ("ACCEL_100HZ", "16 g", "ACC_RANGE_4"), "800 Hz is set otherwise now"
PY
echo "micropython-bma400 0.1.2, $(python3 --version)"
PYTHONPATH="$folder" "$folder/venv/bin/python" "$folder/run.py"
