#!/usr/bin/env bash
# adafruit-circuitpython-mpu6050 1.3.9 (PyPI), Adafruit's driver of the MPU6050, for CircuitPython and Linux.
#
# Expected: `sensor.acceleration`, one property that gives (x, y, z), is one sample of the sensor, read in one burst.
# Seen:     three transactions, an axis each. With the filter off, as the driver leaves it, the chip takes a sample each
#           millisecond, so x, y and z of "one" reading are of different samples. (Its siblings for the MSA301, the
#           ADXL345 and the LIS3DH do read all six bytes at once.)
# Matters:  what the axes do together is what tells in which direction a machine vibrates. With the same signal on x and z
#           and two samples between them, their correlation falls from 1 to cos(2 pi f 2 ms): at 100 Hz to 0.3, at
#           200 Hz it is negative. Covariances learnt with this driver are of the bus, not of the machine, and change
#           with its clock.
#
# The bus below is a register file in which all three axes hold the number of the sample, and each transaction takes one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --no-deps adafruit-circuitpython-mpu6050==1.3.9 adafruit-circuitpython-msa301==1.3.13 \
    adafruit-circuitpython-busdevice==5.2.17 adafruit-circuitpython-register==1.13.0 adafruit-circuitpython-typing==1.13.0 \
    typing_extensions==4.15.0
# What Blinka, or CircuitPython itself, would bring: the driver wants the name alone.
printf 'class I2C:\n    pass\n\n\nclass SPI:\n    pass\n' > "$folder/busio.py"
printf 'def const(value):\n    return value\n' > "$folder/micropython.py"
cat > "$folder/run.py" <<'PY'
import struct

import adafruit_mpu6050
import adafruit_msa3xx


class Bus:
    """An I2C bus with one chip: its identity, its acceleration registers, and memory for the others."""

    def __init__(self, identity, data, layout):
        self.registers, (self.at, self.id) = {}, identity
        self.data, self.layout, self.sample, self.reads = data, layout, 0, 0
        self.registers[self.at] = self.id

    def try_lock(self):
        return True

    def unlock(self):
        pass

    def writeto(self, _address, buffer, start=0, end=None):
        sent = bytes(buffer)[start:end]
        for offset, value in enumerate(sent[1:]):
            register = sent[0] + offset
            # A reset bit clears itself; it is the only one that reads otherwise than it was written.
            self.registers[register] = 0 if (register, value & 0x80) == (0x6B, 0x80) else value

    def writeto_then_readfrom(self, _address, out, into, *, out_start=0, out_end=None, in_start=0, in_end=None):
        register = bytes(out)[out_start:out_end][0]
        length = (len(into) if in_end is None else in_end) - in_start
        if self.data <= register < self.data + 6:
            self.sample += 1
            self.reads += 1
            counts = struct.pack(self.layout, *(3 * [self.sample * 4]))
            answer = counts[register - self.data:][:length]
        else:
            answer = bytes(self.registers.get(register + i, 0) for i in range(length))
        into[in_start:in_start + length] = answer


def samples(bus, sensor, counts_a_g):
    bus.reads = 0
    axes = [round(a / 9.80665 * counts_a_g) for a in sensor.acceleration]
    return [axis - min(axes) for axis in axes], bus.reads


bus = Bus((0x75, 0x68), 0x3B, ">hhh")
mpu = adafruit_mpu6050.MPU6050(bus)
apart, reads = samples(bus, mpu, 16384 / 4)
print(f"MPU6050: {reads} transactions; x, y, z are of samples {apart}; filter {mpu.filter_bandwidth} (0 is 260 Hz)")
assert (apart, reads) == ([0, 1, 2], 3), "the axes are of one sample now"
bus = Bus((0x01, 0x13), 0x02, "<hhh")
together, reads = samples(bus, adafruit_msa3xx.MSA301(bus), 2048)
print(f"MSA301:  {reads} transaction;  x, y, z are of samples {together}")
assert (together, reads) == ([0, 0, 0], 1)
PY
echo "adafruit-circuitpython-mpu6050 1.3.9, $(python3 --version)"
PYTHONPATH="$folder" "$folder/venv/bin/python" "$folder/run.py"
