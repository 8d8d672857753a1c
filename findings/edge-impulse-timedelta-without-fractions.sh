#!/usr/bin/env bash
# edgeimpulse 1.0.20 (PyPI), Edge Impulse's Python SDK, with pandas 3.1.1: what it sends of a frame of readings. Nothing is sent here.
#
# Expected: a frame whose index is a TimedeltaIndex, which the SDK takes the rate from ("convert the index when its timedelta index"),
#           is sent with its times in ms: 0, 10, 20, ...; `sample_rate_ms=2.5`, which is 400 Hz, gives 0, 2.5, 5, ..., as it does in the
#           SDK's function for arrays.
# Seen:     the index becomes `index.seconds * 1000`, and `seconds` is the whole seconds of a span: at 100 Hz a hundred readings have
#           the time 0, the next hundred 1000. After a day it begins again at 0. 2.5 becomes int(2.5): readings of 400 Hz are sent as
#           500 Hz, without a word; 0.5, which is 2 kHz, gives a file in which every time is 0. Arrays keep 2.5.
# Matters:  the rate is what a model's spectra stand on. A fan that turns at 29 Hz is seen at 36, and a device that samples at 400 Hz
#           will not find it there. Two ways in of one SDK give two rates for the same readings.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet edgeimpulse==1.0.20 pandas==3.1.1 numpy==2.4.6
cat > "$folder/run.py" <<'PY'
import json

import numpy as np
import pandas
from edgeimpulse import data

READINGS = np.round(np.sin(np.arange(300)), 3)


def times(index=None, **settings):
    """The times in ms of the CSV that would be sent."""
    frame = pandas.DataFrame({"accZ": READINGS}, index=index)
    lines = data.pandas_dataframe_to_sample(frame, **settings).data.getvalue().splitlines()
    assert lines[0] == "timestamp,accZ" and len(lines) == 301
    return [float(line.split(",")[0]) for line in lines[1:]]


def tell(what, found):
    print(f"{what:44}: {found[:3]}, {found[99:102]}; {len(set(found))} different times of 300")
    return found


step = np.arange(300)
hundred = tell("100 Hz, a TimedeltaIndex", times(pandas.timedelta_range("0s", periods=300, freq="10ms")))
assert hundred == list(1000.0 * (step // 100)), "spans are sent otherwise now"
midnight = tell("1 Hz, a TimedeltaIndex over a day's end", times(pandas.timedelta_range("86300s", periods=300, freq="1s")))
assert midnight[:101] == list(1000.0 * (86300 + step[:100])) + [0.0], "a day's end is sent otherwise now"
whole = tell("100 Hz, sample_rate_ms=10", times(sample_rate_ms=10))
assert whole == list(10.0 * step), "whole milliseconds are sent otherwise now"
half = tell("400 Hz, sample_rate_ms=2.5", times(sample_rate_ms=2.5))
assert half == list(2.0 * step), "parts of a millisecond are sent otherwise now"
fast = tell("2 kHz, sample_rate_ms=0.5", times(sample_rate_ms=0.5))
assert set(fast) == {0.0}, "less than a millisecond is sent otherwise now"
sample = data.numpy_timeseries_to_sample(values=READINGS[:, None].tolist(), sensors=[{"name": "accZ", "units": "g"}], sample_rate_ms=2.5)
interval = json.loads(sample.data)["payload"]["interval_ms"]
print(f"{'400 Hz, the same as an array':44}: interval_ms {interval}")
assert interval == 2.5, "arrays are sent otherwise now"
PY
echo "edgeimpulse 1.0.20, pandas 3.1.1, numpy 2.4.6, $(python3 --version)"
"$folder/venv/bin/python" "$folder/run.py"
