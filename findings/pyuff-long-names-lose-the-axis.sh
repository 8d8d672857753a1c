#!/usr/bin/env bash
# pyuff 2.5.8 (PyPI): data sets of type 58, which are records of fixed columns, with names as people give them.
#
# Expected: a name that is longer than its field is cut off, or refused; what is written is read.
# Seen:     names are written whole, and push what follows to the right, where it is read by columns. With a response entity of 15 letters,
#           "bearing housing", where 10 have room, x, y and z are all read as node 0, direction 0. With an axis label of 27 letters, where
#           20 have room, the unit "m/s^2" is read as "bearing m/s^2". Nothing is said on writing or on reading, by text or binary.
# Matters:  node and direction are all that tells x from y and z in this format, and the unit is all that tells g from m/s^2. "bearing DE"
#           has ten letters and is right, so that the fault comes with the first longer name.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pyuff==2.5.8 numpy==2.4.6
cat > "$folder/run.py" <<'PY'
import sys

import numpy as np
import pyuff


def data_set(direction, entity, label, binary):
    return {
        "type": 58, "binary": binary, "func_type": 1, "rsp_ent_name": entity, "rsp_node": 7, "rsp_dir": direction, "ref_node": 0,
        "ref_dir": 0, "data": np.arange(8.0), "x": np.arange(8) / 400, "abscissa_spacing": 1, "abscissa_spec_data_type": 17,
        "ordinate_spec_data_type": 12, "ordinate_axis_lab": label, "ordinate_axis_units_lab": "m/s^2", "orddenom_spec_data_type": 0,
    }


def read(name, entity, label, binary):
    path = f"{sys.argv[1]}/{name}.uff"
    pyuff.UFF(path).write_sets([data_set(direction, entity, label, binary) for direction in (1, 2, 3)], "add")
    found = pyuff.UFF(path).read_sets()
    assert all((one["data"] == np.arange(8.0)).all() for one in found), "readings are read otherwise now"
    return [(one["rsp_node"], one["rsp_dir"]) for one in found], {one["ordinate_axis_units_lab"] for one in found}


USUAL = [(7, 1), (7, 2), (7, 3)]
LONG = "Acceleration at the bearing"
for binary in (0, 1):
    for entity, label, nodes, units in (
        ("bearing DE", "Acceleration", USUAL, {"m/s^2"}),
        ("bearing housing", "Acceleration", [(0, 0)] * 3, {"m/s^2"}),
        ("bearing DE", LONG, USUAL, {"bearing m/s^2"}),
    ):
        found = read(f"{binary}-{len(entity)}-{len(label)}", entity, label, binary)
        how = "binary" if binary else "text"
        print(f"{how:6} entity {entity!r}, label {label!r}: nodes and directions {found[0]}, unit {found[1]}")
        assert found == (nodes, units), "names are written or read otherwise now"
PY
echo "pyuff 2.5.8, $(python3 --version)"
"$folder/venv/bin/python" "$folder/run.py" "$folder"
