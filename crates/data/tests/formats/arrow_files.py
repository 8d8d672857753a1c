"""Arrow's files and streams, and Feather."""

import pandas
import polars
import pyarrow
import pyarrow.feather
import pyarrow.ipc

from expected import recording
from series import HUNDRED, STEP, counts, table_of, vectors


def write(files):
    base = files.truths["base3"]
    whole = recording(**HUNDRED)
    table = table_of(base, "float32")
    for name, codec in (("plain", None), ("lz4", "lz4"), ("zstd", "zstd")):
        options = pyarrow.ipc.IpcWriteOptions(compression=codec)
        for form, ending, writer in (("file", "arrow", pyarrow.ipc.new_file), ("stream", "arrows", pyarrow.ipc.new_stream)):
            path = f"arrow/{form}-{name}.{ending}"
            with writer(str(files.path(path)), table.schema, options=options) as sink:
                sink.write_table(table, max_chunksize=500)
            files.add(path, "Arrow", "pyarrow", f"{form}, batches of 500 rows, {codec or 'uncompressed'}", whole)
    for codec in ("uncompressed", "lz4", "zstd"):
        path = f"arrow/{codec}.feather"
        pyarrow.feather.write_feather(table, files.path(path), compression=codec)
        files.add(path, "Feather", "pyarrow", codec, whole)
    frame = pandas.DataFrame({"time": pandas.date_range("2026-05-01", periods=2400, freq="10ms")} | vectors(base))
    frame.to_feather(files.path("arrow/pandas.feather"))
    files.add("arrow/pandas.feather", "Feather", "pandas", "to_feather", whole)
    states = frame.assign(state=pandas.Categorical(["idle"] * 1200 + ["run"] * 1200))
    states.to_feather(files.path("arrow/pandas-categories.feather"))
    two = [
        recording(rows=[0, 1200], label="idle", **HUNDRED),
        recording(rows=[1200, 2400], label="run", inside="run/1200", **HUNDRED),
    ]
    files.add("arrow/pandas-categories.feather", "Feather", "pandas", "categories as label", two, {"label_column": "state"})
    for codec in ("uncompressed", "lz4", "zstd"):
        path = f"arrow/polars-{codec}.arrow"
        polars.from_pandas(frame).write_ipc(files.path(path), compression=codec)
        files.add(path, "Arrow", "polars", f"write_ipc, {codec}", whole)
    polars.from_pandas(frame).write_ipc_stream(files.path("arrow/polars-stream.arrows"))
    files.add("arrow/polars-stream.arrows", "Arrow", "polars", "write_ipc_stream", whole)
    table = table_of(counts(base, "int16"), time=pyarrow.array(STEP / 100))
    pyarrow.feather.write_feather(table, files.path("arrow/int16.feather"))
    files.add("arrow/int16.feather", "Feather", "pyarrow", "int16, time in s", recording(factor=4096.0, **HUNDRED))
