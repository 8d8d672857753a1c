#!/usr/bin/env bash
# fastparquet 2026.9.0 with pandas 3.1.1: a column of time spans, as pandas has the time since the start of a recording. PyArrow 26.0.1
# and DuckDB 2.0.1 read it.
#
# Expected: spans are written as Parquet's INTERVAL, as plain numbers, as pandas does it by PyArrow, or refused.
# Seen:     they are written as times of day (TIME in µs; known, dask/fastparquet issue 937), which end at 24 h, however long they are.
#           fastparquet reads them back. PyArrow gives 30 h as 06:00, without a word; DuckDB refuses the file: "TIME values must be
#           within a day". The same frame by PyArrow is read as it is.
# Matters:  a test with an hour of readings passes everywhere. In a file of a weekend PyArrow's times begin again at midnight, and what is
#           sorted by time is mixed of two days; DuckDB does not read the file at all.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet fastparquet==2026.9.0 pandas==3.1.1 pyarrow==26.0.1 duckdb==2.0.1 numpy==2.4.6
cat > "$folder/run.py" <<'PY'
import sys

import duckdb
import fastparquet
import pandas
import pyarrow.parquet

HOURS = [1, 23, 30]


def of_duckdb(path):
    try:
        return [str(row[0]) for row in duckdb.read_parquet(path).fetchall()]
    except duckdb.InvalidInputException as error:
        return str(error)


path = f"{sys.argv[1]}/spans.parquet"
fastparquet.write(path, pandas.DataFrame({"t": pandas.to_timedelta(HOURS, unit="h")}))
kind = pyarrow.parquet.ParquetFile(path).schema.column(0).logical_type
back = [span.total_seconds() / 3600 for span in fastparquet.ParquetFile(path).to_pandas()["t"]]
arrow = [str(time) for time in pyarrow.parquet.read_table(path)["t"].to_pylist()]
duck = of_duckdb(path)
print(f"written as {kind}\nfastparquet reads {back} h\nPyArrow reads {arrow}\nDuckDB: {duck}")
assert "Time" in str(kind) and back == HOURS, "spans are written otherwise now"
assert arrow == ["01:00:00", "23:00:00", "06:00:00"], "PyArrow reads them otherwise now"
assert "within a day" in duck, "DuckDB reads them otherwise now"
pandas.DataFrame({"t": pandas.to_timedelta(HOURS, unit="h")}).to_parquet(path, engine="pyarrow")
plain = [span.total_seconds() / 3600 for span in pyarrow.parquet.read_table(path)["t"].to_pylist()]
print(f"written by PyArrow, PyArrow reads {plain} h")
assert plain == HOURS, "PyArrow writes spans otherwise now"
PY
echo "fastparquet 2026.9.0, pandas 3.1.1, pyarrow 26.0.1, duckdb 2.0.1, $(python3 --version)"
"$folder/venv/bin/python" "$folder/run.py" "$folder"
