#!/usr/bin/env bash
# lis3dh 0.2 (PyPI), a driver of ST's LIS3DH for Linux, beside adafruit-circuitpython-lis3dh 5.2.10.
#
# Expected: the steps of the four ranges are 1, 2, 4 and 8 times that of 2 g, as of nearly all accelerometers; a driver that
#           multiplies by 0.061, 0.122, 0.244 and 0.488 mg a count is right.
# Seen:     at 16 g the LIS3DH's step is 12 times that of 2 g (its data sheet: 1, 2, 4 and 12 mg a digit), so 1 g reads 0.65
#           with lis3dh, two thirds of what it reads at 2, 4 and 8 g. Adafruit's driver has the 12.
# Matters:  the range decides by more than noise. Gravity of 0.65 where 0.98 was learnt is another sensor or another unit to
#           whoever looks at its length; between two boards with different drivers amplitudes differ by a third.
#
# The bus below is a register file that holds 1 g on z in each range, as the data sheet has it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --no-deps lis3dh==0.2 adafruit-circuitpython-lis3dh==5.2.10 \
    adafruit-circuitpython-busdevice==5.2.17 adafruit-circuitpython-typing==1.13.0 typing_extensions==4.15.0
# What Blinka, or CircuitPython itself, would bring: names alone.
printf 'class I2C:\n    pass\n\n\nclass SPI:\n    pass\n' > "$folder/busio.py"
printf 'class DigitalInOut:\n    pass\n' > "$folder/digitalio.py"
printf 'def const(value):\n    return value\n' > "$folder/micropython.py"
# In place of the kernel's bus.
cat > "$folder/smbus2.py" <<'PY'
import chip

i2c_msg = None


class SMBus:
    def __init__(self, _port):
        self.registers = chip.registers

    def read_byte_data(self, _address, register):
        return self.registers.get(register, 0)

    def write_byte_data(self, _address, register, value):
        self.registers[register] = value
PY
cat > "$folder/chip.py" <<'PY'
import struct

# One g in each range: 12 bits, left-aligned; mg a digit by the data sheet.
DIGIT_MG = {2: 1, 4: 2, 8: 4, 16: 12}
registers = {0x0F: 0x33}


def hold_one_g(span):
    data = struct.pack("<hhh", 0, 0, int(1000 / DIGIT_MG[span]) << 4)
    registers.update({0x28 + at: byte for at, byte in enumerate(data)})
PY
cat > "$folder/run.py" <<'PY'
import adafruit_lis3dh
import chip
import lis3dh


class Bus:
    def try_lock(self):
        return True

    def unlock(self):
        pass

    def write(self, register, values):
        chip.registers.update({(register & 0x7F) + at: value for at, value in enumerate(values)})

    def writeto(self, _address, buffer, start=0, end=None):
        register, *values = bytes(buffer)[start:end] or [0]
        self.at = register & 0x7F
        self.write(register, values)

    def readfrom_into(self, _address, into, start=0, end=None):
        end = len(into) if end is None else end
        into[start:end] = bytes(chip.registers.get(self.at + at, 0) for at in range(end - start))

    def writeto_then_readfrom(self, address, out, into, *, out_start=0, out_end=None, in_start=0, in_end=None):
        self.writeto(address, out, out_start, out_end)
        self.readfrom_into(address, into, in_start, in_end)


scales = lis3dh.device.CTRL_REG4
ranges = {2: scales.SCALE_2G, 4: scales.SCALE_4G, 8: scales.SCALE_8G, 16: scales.SCALE_16G}
adafruit_ranges = {2: adafruit_lis3dh.RANGE_2_G, 4: adafruit_lis3dh.RANGE_4_G, 8: adafruit_lis3dh.RANGE_8_G,
                   16: adafruit_lis3dh.RANGE_16_G}
seen = {}
for span, scale in ranges.items():
    plain = lis3dh.LIS3DH(1, scale, lis3dh.device.CTRL_REG1.ODR_400Hz)
    chip.hold_one_g(span)
    plain_g = plain.read_all_axes()[2] / 1000
    other = adafruit_lis3dh.LIS3DH_I2C(Bus())
    other.range = adafruit_ranges[span]
    chip.hold_one_g(span)
    seen[span] = (round(plain_g, 3), round(other.acceleration.z / 9.80665, 3))
    print(f"{span:2} g: 1 g reads {seen[span][0]} with lis3dh, {seen[span][1]} with Adafruit's driver")
assert [seen[span][0] for span in seen] == [0.976, 0.976, 0.976, 0.648], "lis3dh scales otherwise now"
assert all(abs(seen[span][1] - 1) < 0.03 for span in seen), "Adafruit's driver scales otherwise now"
PY
echo "lis3dh 0.2, adafruit-circuitpython-lis3dh 5.2.10, $(python3 --version)"
PYTHONPATH="$folder" "$folder/venv/bin/python" "$folder/run.py"
