#!/usr/bin/env bash
# DuckDB 2.0.1 on Parquet of PyArrow 26.0.1 and of its own: readings that are NaN, as a sensor's library gives for a failed reading.
#
# Expected: a query gives the same for the same readings, whoever wrote the file; `isnan(x)` finds the readings that are NaN. NaN is
#           greater than every number to DuckDB (its documentation says so), so `x > 5` finds it too.
# Seen:     of 1, NaN, 3 in a file of PyArrow's, `isnan(x)` finds none, `x > 5` none, and `x <= 5` all three. PyArrow leaves NaN out of the
#           statistics of a group of rows (1 to 3), as the format asks, and DuckDB takes them for bounds of all that is there: what they
#           decide is not looked at. The row itself is read as NaN. DuckDB's own file has no statistics where there is a NaN, and all
#           three are answered as they should be; so they are of PyArrow's file after `CREATE TABLE`, and with an option that one has to
#           know, `read_parquet(..., can_have_nan = true)`. It is false for speed (duckdb/duckdb issue 25521, pull request 25747).
# Matters:  "are there failed readings, or some beyond the range of the sensor" is asked before training. The answer is no, with exit
#           status 0, for files of PyArrow, and what is trained on has them.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet duckdb==2.0.1 pyarrow==26.0.1 numpy==2.4.6
cat > "$folder/run.py" <<'PY'
import sys

import duckdb
import numpy as np
import pyarrow
import pyarrow.parquet

ASKED = ("isnan(x)", "x > 5", "x <= 5")
READINGS = pyarrow.table({"x": np.array([1.0, np.nan, 3.0])})
by_pyarrow, by_duckdb = f"{sys.argv[1]}/pyarrow.parquet", f"{sys.argv[1]}/duckdb.parquet"
pyarrow.parquet.write_table(READINGS, by_pyarrow)
duckdb.from_arrow(READINGS).write_parquet(by_duckdb)
for path in (by_pyarrow, by_duckdb):
    read = pyarrow.parquet.read_table(path)["x"].to_numpy()
    assert np.array_equal(read, READINGS["x"].to_numpy(), equal_nan=True), "the files hold other readings"
duckdb.sql(f"CREATE TABLE readings AS FROM '{by_pyarrow}'")


def found(source):
    return [duckdb.sql(f"SELECT count(*) FROM {source} WHERE {what}").fetchall()[0][0] for what in ASKED]


seen = {}
for name, source in (
    ("PyArrow's file", f"'{by_pyarrow}'"),
    ("DuckDB's file", f"'{by_duckdb}'"),
    ("PyArrow's file as a table", "readings"),
    ("PyArrow's, can_have_nan", f"read_parquet('{by_pyarrow}', can_have_nan = true)"),
):
    seen[name] = found(source)
    counts = ", ".join(f"{what} in {count}" for what, count in zip(ASKED, seen[name]))
    print(f"{name:26}: of 1, NaN and 3 rows with {counts}")
statistics = pyarrow.parquet.ParquetFile(by_pyarrow).metadata.row_group(0).column(0).statistics
print(f"PyArrow's statistics: {statistics.min} to {statistics.max}")
assert seen["PyArrow's file"] == [0, 0, 3], "PyArrow's file is asked otherwise now"
assert seen.pop("PyArrow's file") and all(one == [1, 1, 2] for one in seen.values()), "NaN compares otherwise now"
PY
echo "duckdb 2.0.1, pyarrow 26.0.1, $(python3 --version)"
"$folder/venv/bin/python" "$folder/run.py" "$folder"
