#!/usr/bin/env bash
# mpu6050-raspberrypi 1.2 (PyPI), the driver most tutorials for a Raspberry Pi with an MPU6050 use.
#
# Expected: a reading of an axis is one sample of the sensor. The chip's register map asks for that: the two bytes of a
#           sample belong together only when they are read in one burst.
# Seen:     each byte is read in a transaction of its own, high byte first. A sample that the chip takes between the two
#           tears the word: where an axis crosses 0 it reads up to 256 counts (16 mg at 2 g) beside what it ever was.
# Matters:  an axis that lies flat crosses 0 all the time, so a machine that vibrates by a few mg shows spikes of 16 mg,
#           dozens in a minute. They look like bearing shocks: kurtosis and crest factor are worthless, and a
#           model learnt with this driver does not fit a board that reads in bursts.
#
# The bus below is a register file: accelerometer registers that follow a slow sine of 4 mg at 1 kHz, as the chip does
# with its filter off, and 0.3 ms for a transaction, which is one byte at 100 kHz.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --no-deps mpu6050-raspberrypi==1.2
cat > "$folder/smbus.py" <<'PY'
import math

AMPLITUDE, HZ = 66, 7.0      # counts at 16384 a g: 4 mg
TRANSACTION, SAMPLE = 0.3e-3, 1e-3


def truth(sample):
    return round(AMPLITUDE * math.sin(2 * math.pi * HZ * sample * SAMPLE))


class SMBus:
    def __init__(self, _bus):
        self.now, self.registers = 0.0, {}

    def write_byte_data(self, _address, register, value):
        self.registers[register] = value

    def read_byte_data(self, _address, register):
        self.now += TRANSACTION
        if not 0x3B <= register <= 0x40:
            return self.registers.get(register, 0)
        word = truth(int(self.now / SAMPLE)) & 0xFFFF
        return word >> 8 if register % 2 else word & 0xFF
PY
cat > "$folder/run.py" <<'PY'
from smbus import AMPLITUDE
from mpu6050 import mpu6050

sensor = mpu6050(0x68)
readings = []
for _ in range(4000):
    readings.append(round(sensor.get_accel_data(g=True)["x"] * 16384))
    sensor.bus.now += 2.93e-3                     # some 200 readings a second, by a clock of its own
torn = [x for x in readings if abs(x) > AMPLITUDE]
print(f"the axis is never beyond {AMPLITUDE} counts; {len(torn)} of {len(readings)} readings are")
print(f"the farthest: {min(torn)} and {max(torn)} counts, {max(map(abs, torn)) / 16.384:.1f} mg")
mean = sum(readings) / len(readings)
second = sum((x - mean) ** 2 for x in readings) / len(readings)
fourth = sum((x - mean) ** 4 for x in readings) / len(readings)
print(f"kurtosis {fourth / second ** 2:.1f}, of the sine itself 1.5")
assert len(torn) > 10 and max(map(abs, torn)) > 180, "no word is torn any more"
assert fourth / second ** 2 > 2
PY
echo "mpu6050-raspberrypi 1.2, $(python3 --version)"
PYTHONPATH="$folder" "$folder/venv/bin/python" "$folder/run.py"
