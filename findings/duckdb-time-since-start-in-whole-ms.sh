#!/usr/bin/env bash
# DuckDB 2.0.1: the time since the start of a recording, `time - min(time)`, written as Parquet.
#
# Expected: DuckDB's INTERVAL has microseconds and is Parquet's INTERVAL, or DuckDB refuses what does not fit; what it writes it reads.
# Seen:     Parquet's INTERVAL counts whole milliseconds. DuckDB cuts off what is less, without a word: steps of 2.5 ms (400 Hz) become
#           2, 3, 2, 3, and at 20 kHz twenty readings have one time. PyArrow 26.0.1 gives the column as 12 bytes each. Subtracting as
#           `epoch_us(time) - min(epoch_us(time))` keeps all.
# Matters:  the difference of two timestamps is what one writes for a time since the start, and in the database it is exact. In the file the
#           steps jitter by a fifth, or are 0, and whoever takes the rate from the middle step reads 500 or 333 Hz in place of 400.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet duckdb==2.0.1 pyarrow==26.0.1
cat > "$folder/run.py" <<'PY'
import sys

import duckdb
import pyarrow.parquet

PATH = f"{sys.argv[1]}/readings.parquet"


def steps(microseconds, span):
    """Steps in µs, in the database and in the file it writes."""
    times = f"SELECT TIMESTAMP '2026-05-01' + INTERVAL (k * {microseconds}) MICROSECONDS AS time FROM range(400) r(k)"
    duckdb.sql(f"CREATE OR REPLACE TABLE since AS SELECT {span} AS t FROM ({times}) ORDER BY t")
    duckdb.sql(f"COPY since TO '{PATH}'")
    found = []
    for source in ("since", f"'{PATH}'"):
        kind = duckdb.sql(f"SELECT typeof(t) FROM {source} LIMIT 1").fetchall()[0][0]
        number = "epoch_us(t)" if kind == "INTERVAL" else "t"
        at = [int(row[0]) for row in duckdb.sql(f"SELECT {number} FROM {source} ORDER BY 1").fetchall()]
        found.append([after - before for before, after in zip(at, at[1:])])
    return found


SPAN, NUMBER = "time - min(time) OVER ()", "epoch_us(time) - min(epoch_us(time)) OVER ()"
for rate, step in ((400, 2500), (20000, 50)):
    before, after = steps(step, SPAN)
    kind = pyarrow.parquet.read_table(PATH)["t"].type
    print(f"{rate} Hz: steps in the database {sorted(set(before))} µs, in the file {sorted(set(after))} µs ({kind} to PyArrow)")
    assert set(before) == {step}, "the difference of timestamps is not exact"
    cut = [at * step // 1000 * 1000 for at in range(400)]
    assert after == [b - a for a, b in zip(cut, cut[1:])], "intervals are written otherwise now"
    assert str(kind) == "fixed_size_binary[12]", "PyArrow reads intervals otherwise now"
    before, after = steps(step, NUMBER)
    print(f"{rate} Hz as numbers: in the database {sorted(set(before))}, in the file {sorted(set(after))} µs")
    assert set(before) == set(after) == {step}, "numbers are written otherwise now"
PY
echo "duckdb 2.0.1, pyarrow 26.0.1, $(python3 --version)"
"$folder/venv/bin/python" "$folder/run.py" "$folder"
