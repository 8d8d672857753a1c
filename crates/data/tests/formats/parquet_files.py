"""Parquet by PyArrow, Polars, DuckDB, pandas and fastparquet."""

import duckdb
import fastparquet
import numpy as np
import pandas
import polars
import pyarrow
import pyarrow.parquet

from expected import XYZ, recording
from series import HUNDRED, STEP, counts, table_of, vectors

FORM = "Parquet"


def write(files):
    base = files.truths["base3"]
    by_pyarrow(files, base)
    kinds(files, base)
    lists(files, base)
    described(files, base)
    by_others(files, base)
    refused(files, base)


def put(files, name, what, table, one, options=None, refuse=None, **settings):
    name = f"parquet/pyarrow-{name}.parquet"
    pyarrow.parquet.write_table(table, files.path(name), **settings)
    if refuse:
        files.refuse(name, FORM, "pyarrow", what, refuse)
    else:
        files.add(name, FORM, "pyarrow", what, one, options)


def by_pyarrow(files, base):
    """Each compression and layout of pages."""
    for kind in ("float32", "float64"):
        table = table_of(base, kind)
        for codec in ("none", "snappy", "gzip", "zstd", "lz4", "brotli"):
            put(files, f"{codec}-{kind}", f"{kind}, {codec}", table, recording(**HUNDRED), compression=codec)
    table = table_of(base, "float32")
    for name, what, settings in (
        ("v1", "version 1.0", {"version": "1.0"}),
        ("pages-2", "data pages of version 2", {"data_page_version": "2.0"}),
        ("pages-2-zstd", "data pages of version 2, zstd", {"data_page_version": "2.0", "compression": "zstd"}),
        ("row-groups", "groups of 500 rows", {"row_group_size": 500}),
        ("small-pages", "pages of 1 KiB, no dictionary", {"data_page_size": 1024, "use_dictionary": False}),
        ("split", "byte stream split", {"use_dictionary": False, "use_byte_stream_split": list(XYZ)}),
        ("checksums", "checksums and indices of pages", {"write_page_checksum": True, "write_page_index": True}),
        ("no-statistics", "statistics left out", {"write_statistics": False}),
    ):
        put(files, name, what, table, recording(**HUNDRED), **settings)
    delta = {"use_dictionary": False, "column_encoding": {name: "DELTA_BINARY_PACKED" for name in XYZ}}
    put(
        files,
        "delta",
        "int32, delta binary packed",
        table_of(counts(base, "int32")),
        recording(factor=4096.0, **HUNDRED),
        **delta,
    )


def kinds(files, base):
    """Integers, and times of each kind."""
    for kind in ("int16", "int32", "int64"):
        table = table_of(counts(base, kind))
        put(files, kind, f"{kind}, counts", table, recording(factor=4096.0, **HUNDRED))
    half = table_of(files.truths["coarse3"], "float16")
    put(files, "float16", "float16", half, recording("coarse3", **HUNDRED))
    for unit, per_second in (("s", 1), ("ms", 1000), ("us", 10**6), ("ns", 10**9)):
        step = STEP if unit == "s" else STEP * per_second // 100
        # Whole seconds are a reading a second.
        one = recording(rate=1.0 if unit == "s" else 100.0)
        times = pyarrow.array(1777593600 * per_second + step, pyarrow.timestamp(unit))
        put(files, f"timestamp-{unit}", f"timestamp in {unit}", table_of(base, time=times), one)
    zoned = pyarrow.array(1777593600000 + STEP * 10, pyarrow.timestamp("ms", "Europe/Berlin"))
    put(
        files,
        "timestamp-zone",
        "timestamp with a zone",
        table_of(base, time=zoned),
        recording(taken_unix=1777593600.0, **HUNDRED),
    )
    old = table_of(base, time=pyarrow.array(1777593600 * 10**9 + STEP * 10**7, pyarrow.timestamp("ns")))
    put(
        files,
        "int96",
        "timestamp as INT96, as Spark and Impala wrote it",
        old,
        recording(**HUNDRED),
        use_deprecated_int96_timestamps=True,
    )
    spans = table_of(base, time=pyarrow.array(STEP * 10, pyarrow.duration("ms")))
    put(files, "duration", "time as a duration", spans, recording(**HUNDRED))
    day = table_of(base, time=pyarrow.array((STEP * 10).astype("int32")).cast(pyarrow.time32("ms")))
    put(files, "time-of-day", "time of day", day, recording(**HUNDRED))
    seconds = table_of(base, time=pyarrow.array(STEP / 100))
    put(files, "seconds", "time in s as float64", seconds, recording(**HUNDRED))
    reals = pyarrow.table(vectors(base))
    put(files, "no-time", "x, y, z alone, rate given", reals, recording(), {"rate": 400.0})
    decimal = pyarrow.table(
        {"time": STEP * 10} | {k: pyarrow.array(v).cast(pyarrow.decimal128(18, 12)) for k, v in vectors(base).items()}
    )
    put(files, "decimal", "decimal128(18, 12)", decimal, recording(**HUNDRED))
    states = pyarrow.array(["idle"] * 1200 + ["run"] * 1200)
    two = [
        recording(rows=[0, 1200], label="idle", **HUNDRED),
        recording(rows=[1200, 2400], label="run", inside="run/1200", **HUNDRED),
    ]
    for name, column in (("text", states), ("dictionary", states.dictionary_encode())):
        table = table_of(base).append_column("state", column)
        put(files, f"label-{name}", f"a column of words as label, {name}", table, two, {"label_column": "state"})
        put(files, f"words-{name}", f"a column of words, {name}", table, recording(**HUNDRED))


def lists(files, base):
    """A row a recording: lists of readings."""
    parts = base.reshape(4, 600, 3)
    head = {"device": ["fan"] * 4, "sequence": [0, 1, 2, 3], "rate_hz": [400.0] * 4, "label": ["idle"] * 4}
    inside = [{"rows": [at * 600, at * 600 + 600], "inside": f"[{at}]", "label": "idle"} for at in range(4)]
    columns = {name: list(parts[:, :, at]) for at, name in enumerate(XYZ)}
    for kind, name in (("f4", "float32"), ("f8", "float64")):
        typed = {k: pyarrow.array([one.astype(kind) for one in v]) for k, v in columns.items()}
        put(
            files,
            f"lists-{name}",
            f"a row a recording, lists of {name}",
            pyarrow.table(head | typed),
            [recording(**one) for one in inside],
        )
    fixed = {k: pyarrow.FixedSizeListArray.from_arrays(pyarrow.array(np.concatenate(v)), 600) for k, v in columns.items()}
    put(
        files,
        "lists-fixed",
        "a row a recording, lists of a fixed size",
        pyarrow.table(head | fixed),
        [recording(**one) for one in inside],
    )
    flat = pyarrow.array([one.reshape(-1) for one in parts])
    one_of = [recording(axes=[], **one) for one in inside]
    put(
        files,
        "lists-interleaved",
        "a row a recording, one list of x, y, z in turn",
        pyarrow.table(head | {"readings": flat}),
        one_of,
        {"axes": 3},
    )
    nested = pyarrow.array([one.tolist() for one in parts])
    put(files, "lists-nested", "a row a recording, a list of [x, y, z]", pyarrow.table(head | {"readings": nested}), one_of)


def described(files, base):
    """What stands in the metadata of a file or a column."""
    table = table_of(base * 1000)
    fields = [field.with_metadata({"unit": "mg"}) if field.name in XYZ else field for field in table.schema]
    put(
        files,
        "units",
        "the unit as metadata of its field",
        table.cast(pyarrow.schema(fields)),
        recording(unit="mg", factor=1000.0, **HUNDRED),
    )
    rated = pyarrow.table(vectors(base)).replace_schema_metadata({"sample_rate": "400", "unit": "g"})
    put(files, "metadata", "rate and unit as metadata", rated, recording(rate=None, rate_may_be=400.0))
    named = pyarrow.table({"time_ms": STEP * 10} | {f"acc_{k} [g]": v for k, v in vectors(base).items()})
    put(files, "unit-names", "units in the names", named, recording(axes=[f"acc_{k} [g]" for k in XYZ], unit="g", **HUNDRED))
    inner = pyarrow.StructArray.from_arrays([pyarrow.array(v) for v in vectors(base).values()], names=list(XYZ))
    struct = pyarrow.table({"time": STEP * 10, "acc": inner})
    put(files, "struct", "a struct of x, y, z", struct, recording(axes=["acc.x", "acc.y", "acc.z"], **HUNDRED))


def by_others(files, base):
    """What the others write by default."""
    frame = pandas.DataFrame({"time": pandas.date_range("2026-05-01", periods=2400, freq="10ms")} | vectors(base))
    whole = recording(**HUNDRED)
    small = frame.astype({name: "float32" for name in XYZ})
    for kind, one in (("f64", frame), ("f32", small)):
        polars.from_pandas(one).write_parquet(files.path(f"parquet/polars-{kind}.parquet"))
        files.add(f"parquet/polars-{kind}.parquet", FORM, "polars", f"{kind}, dates, write_parquet", whole)
        duckdb.from_df(one).write_parquet(str(files.path(f"parquet/duckdb-{kind}.parquet")))
        files.add(f"parquet/duckdb-{kind}.parquet", FORM, "duckdb", f"{kind}, dates, write_parquet", whole)
        one.to_parquet(files.path(f"parquet/pandas-{kind}.parquet"))
        files.add(f"parquet/pandas-{kind}.parquet", FORM, "pandas", f"{kind}, dates, to_parquet", whole)
        fastparquet.write(str(files.path(f"parquet/fastparquet-{kind}.parquet")), one)
        files.add(f"parquet/fastparquet-{kind}.parquet", FORM, "fastparquet", f"{kind}, dates, write", whole)
    frame.set_index("time").to_parquet(files.path("parquet/pandas-index.parquet"))
    files.add("parquet/pandas-index.parquet", FORM, "pandas", "an index of dates", whole)
    for codec in ("uncompressed", "snappy", "gzip", "zstd", "lz4_raw", "brotli"):
        name = f"parquet/duckdb-{codec}.parquet"
        duckdb.from_df(small).write_parquet(str(files.path(name)), compression=codec)
        files.add(name, FORM, "duckdb", f"f32, {codec}", whole)
    for codec in ("uncompressed", "snappy", "gzip", "lz4", "brotli"):
        name = f"parquet/polars-{codec}.parquet"
        polars.from_pandas(small).write_parquet(files.path(name), compression=codec)
        files.add(name, FORM, "polars", f"f32, {codec}", whole)
    for codec in ("GZIP", "ZSTD", "LZ4"):
        name = f"parquet/fastparquet-{codec}.parquet"
        fastparquet.write(str(files.path(name)), small, compression=codec)
        files.add(name, FORM, "fastparquet", f"f32, {codec}", whole)
    arrays(files, base)
    many(files, frame)
    spans(files, frame)


def arrays(files, base):
    """A row a recording, as Polars and DuckDB have arrays of a fixed size."""
    parts = base.astype("f4").reshape(4, 600, 3)
    found = [recording(rows=[at * 600, at * 600 + 600], inside=f"[{at}]", rate=None) for at in range(4)]
    series = {name: polars.Series(name, parts[:, :, at], dtype=polars.Array(polars.Float32, 600)) for at, name in enumerate(XYZ)}
    polars.DataFrame(series).write_parquet(files.path("parquet/polars-arrays.parquet"))
    files.add("parquet/polars-arrays.parquet", FORM, "polars", "a row a recording, arrays of 600", found)
    table = pyarrow.table({name: list(parts[:, :, at]) for at, name in enumerate(XYZ)})
    query = ", ".join(f"{name}::FLOAT[600] AS {name}" for name in XYZ)
    path = files.path("parquet/duckdb-arrays.parquet")
    duckdb.from_arrow(table).project(query).write_parquet(str(path))
    files.add("parquet/duckdb-arrays.parquet", FORM, "duckdb", "a row a recording, FLOAT[600]", found)


def many(files, frame):
    """A folder of files, as Spark and Dask leave them, with their marks beside them."""
    for at in range(4):
        part = frame.iloc[at * 600 : at * 600 + 600]
        part.to_parquet(files.path(f"parquet/folder/part.{at}.parquet"))
    files.path("parquet/folder/_SUCCESS").write_bytes(b"")
    found = [recording(rows=[at * 600, at * 600 + 600], inside=f"part.{at}.parquet", **HUNDRED) for at in range(4)]
    files.add("parquet/folder", FORM, "pandas", "a folder of four parts and `_SUCCESS`", found)


def spans(files, frame):
    """Times since the start, for which each has its own type."""
    since = frame.assign(time=frame["time"] - frame["time"].iloc[0])
    fastparquet.write(str(files.path("parquet/fastparquet-span.parquet")), since)
    files.add(
        "parquet/fastparquet-span.parquet", FORM, "fastparquet", "time since the start, as a time of day", recording(**HUNDRED)
    )
    polars.from_pandas(since).write_parquet(files.path("parquet/polars-span.parquet"))
    files.add("parquet/polars-span.parquet", FORM, "polars", "time since the start, as Duration", recording(**HUNDRED))
    since.to_parquet(files.path("parquet/pandas-span.parquet"))
    files.add("parquet/pandas-span.parquet", FORM, "pandas", "time since the start, as timedelta", recording(**HUNDRED))


def refused(files, base):
    names = dict(zip(("accX", "accY", "accZ"), base.T))
    holed = {key: pyarrow.array(values, mask=(STEP == 1300) & (key == "accY")) for key, values in names.items()}
    put(files, "null", "a reading that is missing", pyarrow.table({"time": STEP * 10} | holed), None, refuse="accY")
    nan = names | {"accZ": np.where(STEP == 77, np.nan, base[:, 2])}
    put(files, "nan", "a reading that is no number", pyarrow.table({"time": STEP * 10} | nan), None, refuse="accZ")
    put(files, "text", "only text", pyarrow.table({"note": ["a", "b"]}), None, refuse="note")
    put(files, "no-rows", "no rows", table_of(base).slice(0, 0), None, refuse="no readings")
