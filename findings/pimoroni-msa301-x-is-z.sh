#!/usr/bin/env bash
# msa301 0.0.2 (PyPI), Pimoroni's driver of the MSA301 for the Raspberry Pi, with i2cdevice 1.0.0.
#
# Expected: `get_measurements()` gives (x, y, z) as the sensor's registers 0x02 to 0x07 hold them, X first.
# Seen:     (z, y, x). The six bytes are read as one number with the first byte on top, and the fields of that number are
#           named from the other end; within a field the two bytes are put right, so each value is plausible.
#           `set_offsets(0.1, 0, 0)`, within the half g that is documented, raises ValueError; -0.1 is taken, and goes to
#           the register of z.
# Matters:  a still sensor looks well (one axis has 1 g), and so does a model that was learnt and is used with this driver.
#           Recordings of it beside those of another driver of the same chip, an Arduino's say, are mounted otherwise: what
#           turns with gravity is seen as `remounted`, and what an axis is said to do is done by another.
#
# The bus below is a register file; Adafruit's driver of the same chip reads the same registers beside it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --no-deps msa301==0.0.2 i2cdevice==1.0.0 adafruit-circuitpython-msa301==1.3.13 \
    adafruit-circuitpython-busdevice==5.2.17 adafruit-circuitpython-register==1.13.0 adafruit-circuitpython-typing==1.13.0 \
    typing_extensions==4.15.0
# What Blinka, or CircuitPython itself, would bring: the driver wants the name alone.
printf 'class I2C:\n    pass\n\n\nclass SPI:\n    pass\n' > "$folder/busio.py"
printf 'def const(value):\n    return value\n' > "$folder/micropython.py"
cat > "$folder/run.py" <<'PY'
import struct

import adafruit_msa3xx
import msa301

# Counts of 14 bits, left-aligned, least significant byte first; the range is 2 g in one driver, 4 g in the other.
COUNTS = (1000, 2000, -4096)


class Registers:
    def __init__(self):
        data = struct.pack("<hhh", *(4 * count for count in COUNTS))
        self.bytes = {0x01: 0x13, **{0x02 + at: byte for at, byte in enumerate(data)}}

    def read(self, register, length):
        return bytes(self.bytes.get(register + at, 0) for at in range(length))

    def write(self, register, values):
        self.bytes.update({register + at: value for at, value in enumerate(values)})


class SMBus(Registers):
    """As Pimoroni's driver speaks to it."""

    def read_i2c_block_data(self, _address, register, length):
        return list(self.read(register, length))

    def write_i2c_block_data(self, _address, register, values):
        self.write(register, values)


class Bus(Registers):
    """As Adafruit's driver speaks to it."""

    def try_lock(self):
        return True

    def unlock(self):
        pass

    def writeto(self, _address, buffer, start=0, end=None):
        register, *values = bytes(buffer)[start:end] or [0]
        self.write(register, values)

    def writeto_then_readfrom(self, _address, out, into, *, out_start=0, out_end=None, in_start=0, in_end=None):
        end = len(into) if in_end is None else in_end
        into[in_start:end] = self.read(bytes(out)[out_start:out_end][0], end - in_start)


pimoroni = msa301.MSA301(i2c_dev=SMBus())
raw = pimoroni.get_raw_measurements()
print(f"registers: x, y, z = {COUNTS} counts")
print(f"Pimoroni:  x, y, z = {raw} counts, {pimoroni.get_measurements()} g")
adafruit = adafruit_msa3xx.MSA301(Bus())
axes = tuple(round(a / 9.80665 * 2048) for a in adafruit.acceleration)
print(f"Adafruit:  x, y, z = {axes} counts")
assert axes == COUNTS
assert raw == COUNTS[::-1], "the axes have another order now"

try:
    pimoroni.set_offsets(0.1, 0, 0)
    positive = "taken"
except ValueError as error:
    positive = f"ValueError: {error}"
print(f"set_offsets(0.1, 0, 0):  {positive}")
assert positive.startswith("ValueError"), "a positive offset is taken now"
bus = SMBus()
msa301.MSA301(i2c_dev=bus).set_offsets(-0.1, 0, 0)
offsets = [bus.bytes[0x38 + at] for at in range(3)]
print(f"set_offsets(-0.1, 0, 0): the registers of x, y, z have {offsets}")
assert offsets == [0, 0, 25], "the offset goes elsewhere now"
PY
echo "msa301 0.0.2, i2cdevice 1.0.0, $(python3 --version)"
PYTHONPATH="$folder" "$folder/venv/bin/python" "$folder/run.py"
