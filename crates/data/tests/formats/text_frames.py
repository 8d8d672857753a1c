"""Text as pandas, Polars, DuckDB, NumPy, PyArrow and R write it by default."""

import duckdb
import numpy as np
import pandas
import polars
import pyarrow
import pyarrow.csv

from expected import XYZ, recording
from text_rows import number, rows

FORM = "CSV"
STEP = np.arange(2400)
HUNDRED = {"rate": 100.0}
# Of float32 between 1 and 2, whose shortest text stands for it and is not it.
HALF_ULP = 6e-8


def write(files):
    base = files.truths["base3"]
    frames = {
        "timestamp-ms": pandas.DataFrame({"timestamp": STEP * 10} | columns(base)),
        "dates": pandas.DataFrame({"time": pandas.date_range("2026-05-01", periods=2400, freq="10ms")} | columns(base)),
        "f32": pandas.DataFrame({"t": STEP / 100} | columns(base.astype("float32"))),
    }
    pandas_files(files, base, frames)
    for name, frame in frames.items():
        one = recording(tolerance=HALF_ULP if name == "f32" else 0.0, **HUNDRED)
        path = files.path(f"text/polars-{name}.csv")
        polars.from_pandas(frame).write_csv(path)
        files.add(f"text/polars-{name}.csv", FORM, "polars", f"{name}, write_csv", one)
        path = files.path(f"text/duckdb-{name}.csv")
        duckdb.from_df(frame).write_csv(str(path))
        files.add(f"text/duckdb-{name}.csv", FORM, "duckdb", f"{name}, write_csv", one)
        path = files.path(f"text/pyarrow-{name}.csv")
        pyarrow.csv.write_csv(pyarrow.Table.from_pandas(frame), path)
        files.add(f"text/pyarrow-{name}.csv", FORM, "pyarrow", f"{name}, write_csv", one)
    for codec in ("gzip", "zstd"):
        name = f"text/duckdb-{codec}.csv.{'gz' if codec == 'gzip' else 'zst'}"
        duckdb.from_df(frames["dates"]).write_csv(str(files.path(name)), compression=codec)
        files.add(name, FORM, "duckdb", f"write_csv, {codec}", recording(**HUNDRED))
    counted(files, base)
    numpy_files(files, base)
    by_hand(files, base)


def columns(base):
    return {name: base[:, at] for at, name in enumerate(XYZ)}


def pandas_files(files, base, frames):
    for name, frame in frames.items():
        one = recording(tolerance=HALF_ULP if name == "f32" else 0.0, **HUNDRED)
        frame.to_csv(files.path(f"text/pandas-{name}.csv"))
        files.add(f"text/pandas-{name}.csv", FORM, "pandas", f"{name}, to_csv with its index", one)
        frame.to_csv(files.path(f"text/pandas-{name}-plain.csv"), index=False)
        files.add(f"text/pandas-{name}-plain.csv", FORM, "pandas", f"{name}, to_csv without index", one)
    indexed = frames["dates"].set_index("time")
    indexed.to_csv(files.path("text/pandas-date-index.csv"))
    files.add("text/pandas-date-index.csv", FORM, "pandas", "an index of dates", recording(**HUNDRED))
    zoned = indexed.tz_localize("UTC").tz_convert("Europe/Berlin")
    zoned.to_csv(files.path("text/pandas-zone.csv"))
    files.add(
        "text/pandas-zone.csv", FORM, "pandas", "an index of dates with a zone", recording(**HUNDRED), taken_unix=1777593600.0
    )
    spans = indexed.set_index(pandas.timedelta_range("0s", periods=2400, freq="10ms"))
    spans.to_csv(files.path("text/pandas-timedelta.csv"))
    files.add(
        "text/pandas-timedelta.csv", FORM, "pandas", "an index of time spans, `0 days 00:00:00.010000`", recording(**HUNDRED)
    )
    seconds = frames["f32"].set_index("t")
    seconds.to_csv(files.path("text/pandas-float-index.csv"))
    files.add("text/pandas-float-index.csv", FORM, "pandas", "an index of seconds", recording(tolerance=HALF_ULP, **HUNDRED))
    german = pandas.DataFrame({"t": STEP / 100} | columns(base))
    german.to_csv(files.path("text/pandas-german.csv"), sep=";", decimal=",", index=False, encoding="utf-8-sig")
    files.add("text/pandas-german.csv", FORM, "pandas", "`;`, decimal comma, byte order mark", recording(**HUNDRED))
    frames["dates"].to_csv(files.path("text/pandas.csv.gz"), index=False, compression={"method": "gzip", "mtime": 0})
    files.add("text/pandas.csv.gz", FORM, "pandas", "gzip", recording(**HUNDRED))
    pandas.DataFrame(base).to_csv(files.path("text/pandas-no-names.csv"))
    files.add(
        "text/pandas-no-names.csv", FORM, "pandas", "an index, and columns 0, 1, 2", recording(axes=("0", "1", "2"), rate=None)
    )
    two = pandas.DataFrame({("acc", "x"): base[:, 0], ("acc", "y"): base[:, 1], ("acc", "z"): base[:, 2]})
    two.to_csv(files.path("text/pandas-two-levels.csv"))
    files.add("text/pandas-two-levels.csv", FORM, "pandas", "columns of two levels", recording(rate=None))


def counted(files, base):
    """An index and a time, in any order."""
    ms = STEP * 10
    for name, names, body in (
        ("index-time", "index,time,x,y,z", rows(STEP, ms, base)),
        ("time-seq", "time,seq,x,y,z", rows(ms, STEP, base)),
        ("unnamed-counter", "time,,x,y,z", rows(ms, STEP + 17, base)),
        ("id-time-last", "id,x,y,z,time", rows(STEP, base, ms)),
        ("two-times", "epoch_ms,uptime_ms,x,y,z", rows(1777593600000 + ms, 52_113 + ms, base)),
    ):
        files.text(f"text/{name}.csv", names + "\n" + body)
        files.add(f"text/{name}.csv", FORM, "Python", f"`{names}`", recording(**HUNDRED))


def numpy_files(files, base):
    timed = np.column_stack([STEP / 100, base])
    np.savetxt(files.path("text/savetxt.txt"), base)
    files.add("text/savetxt.txt", FORM, "numpy", "savetxt", recording(axes=[], rate=None))
    np.savetxt(files.path("text/savetxt-timed.txt"), timed)
    files.add("text/savetxt-timed.txt", FORM, "numpy", "savetxt, time first", recording(axes=[], **HUNDRED))
    np.savetxt(files.path("text/savetxt-header.csv"), timed, delimiter=",", header="t [s],x [g],y [g],z [g]")
    one = recording(axes=("x [g]", "y [g]", "z [g]"), unit="g", **HUNDRED)
    files.add("text/savetxt-header.csv", FORM, "numpy", "savetxt with a header, `# `", one)
    np.savetxt(files.path("text/savetxt-bare.csv"), timed, delimiter=",", header="t,x,y,z", comments="")
    files.add("text/savetxt-bare.csv", FORM, "numpy", "savetxt, `comments=''`", recording(**HUNDRED))
    np.savetxt(files.path("text/savetxt.csv.gz"), timed, delimiter=",", fmt="%.12f")
    files.add("text/savetxt.csv.gz", FORM, "numpy", "savetxt to `.csv.gz`", recording(axes=[], **HUNDRED))


def by_hand(files, base):
    """As R and Excel write them."""
    named = rows([f'"{k + 1}"' for k in STEP], [number(t) for t in STEP / 100], base)
    files.text("text/r-write-csv.csv", '"","t","x","y","z"\n' + named)
    files.add("text/r-write-csv.csv", FORM, "Python", "as R's write.csv, with row names", recording(**HUNDRED))
    table = rows([f'"{k + 1}"' for k in STEP], [number(t) for t in STEP / 100], base, sep=" ")
    files.text("text/r-write-table.txt", '"t" "x" "y" "z"\n' + table)
    one = recording(**HUNDRED)
    files.add("text/r-write-table.txt", FORM, "Python", "as R's write.table: a name less than columns", one)
    excel = "Time,X,Y,Z\r\n" + rows([number(t) for t in STEP / 100], base, end="\r\n")
    files.text("text/excel-utf-8.csv", excel, "utf-8-sig")
    files.add("text/excel-utf-8.csv", FORM, "Python", "as Excel's “CSV UTF-8”", recording(axes=("X", "Y", "Z"), **HUNDRED))
