#!/usr/bin/env bash
# mpu9250-jmdev 1.0.12 (PyPI), a driver of the MPU9250 for the Raspberry Pi.
#
# Expected: a reading that could not be had is an error: of the import where there is no library for the bus, else an OSError.
# Seen:     both are [0, 0, 0]. `pip install mpu9250-jmdev` brings no library for the bus (its metadata names none); without
#           smbus2 the driver takes a fake one that comes with it, prints "Using Fake SMBus", configures without an error and
#           reads zeros for ever. With a bus, a transaction that fails (OSError, as of a long or a loose cable) reads zeros.
# Matters:  a board that has never seen its sensor posts recordings, at the right rate, that look like an axis that is stuck. One
#           zero among readings of 1 g is a knock of 1 g: a cable becomes an anomaly of the machine, and nothing in a log says so.
#
# The bus below has 1 g on z, and fails in each tenth transaction.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet mpu9250-jmdev==1.0.12
mkdir "$folder/bus"
cat > "$folder/bus/smbus2.py" <<'PY'
class SMBus:
    def __init__(self, _bus):
        self.reads = 0

    def write_byte_data(self, _address, _register, _value):
        pass

    def read_byte_data(self, _address, _register):
        return 0

    def read_i2c_block_data(self, _address, register, length):
        self.reads += 1
        if self.reads % 10 == 0:
            raise OSError(121, "Remote I/O error")
        # At 2 g, most significant byte first.
        return [0, 0, 0, 0, 0x40, 0x00][:length] if register == 0x3B else [0] * length
PY
cat > "$folder/run.py" <<'PY'
import sys

from mpu9250_jmdev.mpu_9250 import MPU9250
from mpu9250_jmdev.registers import AFS_2G, AK8963_ADDRESS, AK8963_BIT_16, AK8963_MODE_C100HZ, GFS_250, MPU9050_ADDRESS_68

mpu = MPU9250(address_ak=AK8963_ADDRESS, address_mpu_master=MPU9050_ADDRESS_68, address_mpu_slave=None, bus=1, gfs=GFS_250,
              afs=AFS_2G, mfs=AK8963_BIT_16, mode=AK8963_MODE_C100HZ)
mpu.configureMPU6500(GFS_250, AFS_2G)
z = [mpu.readAccelerometerMaster()[2] for _ in range(30)]
print(f"{sys.argv[1]}: z of 30 readings: {z.count(0)} are 0, {z.count(1)} are 1; no error")
assert (z.count(0), z.count(1)) == tuple(map(int, sys.argv[2:])), "readings that could not be had are something else now"
PY
echo "mpu9250-jmdev 1.0.12, $(python3 --version); installed with it: $("$folder/venv/bin/pip" list --format freeze --exclude pip --exclude setuptools --exclude wheel | xargs)"
"$folder/venv/bin/python" "$folder/run.py" "without smbus2" 30 0
PYTHONPATH="$folder/bus" "$folder/venv/bin/python" "$folder/run.py" "a bus that fails in each tenth transaction" 3 27
