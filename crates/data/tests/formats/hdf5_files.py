"""HDF5 by h5py, pandas and PyTables."""

import h5py
import numpy as np
import pandas
import tables

from expected import XYZ, recording

FORM = "HDF5"
STEP = np.arange(2400)


def write(files):
    base = files.truths["base3"]
    layouts(files, base)
    types(files, base)
    trees(files, base)
    by_pandas(files, base)
    by_pytables(files, base)


def put(files, name, what, fill, one, **more):
    """A file of h5py's; without times, so that equal contents are equal bytes."""
    with h5py.File(files.path(f"hdf5/{name}"), "w") as file:
        fill(file)
    files.add(f"hdf5/{name}", FORM, "h5py", what, one, **more)


def layouts(files, base):
    """How a data set of three columns is laid out."""
    for name, settings in (
        ("contiguous", {}),
        ("chunked", {"chunks": (500, 3)}),
        ("gzip", {"chunks": (500, 3), "compression": "gzip"}),
        ("gzip-columns", {"chunks": (700, 1), "compression": "gzip"}),
        ("shuffle", {"chunks": (500, 3), "compression": "gzip", "shuffle": True}),
        ("lzf", {"chunks": (500, 3), "compression": "lzf"}),
        ("fletcher", {"chunks": (500, 3), "fletcher32": True}),
        ("grows", {"chunks": (500, 3), "maxshape": (None, 3), "compression": "gzip"}),
    ):

        def fill(file, settings=settings):
            made = file.create_dataset("data", data=base, **settings)
            made.attrs["fs"] = 400.0

        put(files, f"{name}.h5", f"float64, {name}", fill, recording(axes=[]))

    def fill_new(file):
        file.create_dataset("data", data=base, chunks=(500, 3), compression="gzip", maxshape=(None, 3)).attrs["fs"] = 400.0

    path = files.path("hdf5/latest.h5")
    with h5py.File(path, "w", libver="latest") as file:
        fill_new(file)
    files.refuse("hdf5/latest.h5", FORM, "h5py", '`libver="latest"`, gzip, grows', 'libver="earliest"')


def types(files, base):
    """Numbers of other types, and where rate and unit stand."""

    def vectors(file, kind="f8", factor=1):
        for at, name in enumerate(XYZ):
            file.create_dataset(name, data=np.round(base[:, at] * factor, 12).astype(kind))

    def f32(file):
        vectors(file, "f4")
        file.attrs["sample_rate"] = 400.0

    def big_endian(file):
        vectors(file, ">f8")
        file.attrs["fs"] = 400

    def int16(file):
        vectors(file, "i2", 4096)
        file.attrs["sampling_frequency"] = 400

    def big_endian_int(file):
        vectors(file, ">i4", 4096)
        file.attrs["fs"] = 400

    def f16(file):
        file.create_dataset("data", data=files.truths["coarse3"].astype("f2")).attrs["fs"] = 400.0

    put(files, "f32.h5", "three float32 of one dimension", f32, recording())
    put(files, "big-endian.h5", "big-endian float64", big_endian, recording())
    put(files, "int16.h5", "int16", int16, recording(factor=4096.0))
    put(files, "big-endian-int.h5", "big-endian int32", big_endian_int, recording(factor=4096.0))
    put(files, "f16.h5", "float16", f16, recording("coarse3", axes=[]))

    def units(file):
        for at, name in enumerate(XYZ):
            made = file.create_dataset(name, data=base[:, at] * 1000)
            made.attrs["units"] = "mg"
        file.create_dataset("time", data=STEP / 400).attrs["units"] = "s"

    put(files, "units.h5", "attributes `units`, a time", units, recording(unit="mg", factor=1000.0))

    def rate_inside(file):
        vectors(file)
        file["fs"] = 400.0

    put(files, "fs-inside.h5", "fs as a data set", rate_inside, recording())

    def compound(file):
        made = np.zeros(2400, [("t", "f8"), ("x", "f4"), ("y", "f4"), ("z", "f4")])
        made["t"] = STEP / 400
        for at, name in enumerate(XYZ):
            made[name] = base[:, at]
        file["readings"] = made

    put(files, "compound.h5", "compound of t, x, y, z", compound, recording())

    def rows(file):
        file.create_dataset("acc", data=base.T).attrs["fs"] = 400.0

    put(files, "rows.h5", "rows are axes", rows, recording(axes=[]))


def trees(files, base):
    """Recordings in groups, or one behind the other."""

    def groups(file):
        for name, truth in (("idle", "base3"), ("run", "other3")):
            group = file.create_group(name)
            group.attrs["fs"] = 400.0
            for at, axis in enumerate(XYZ):
                group[axis] = files.truths[truth][:, at]

    two = [recording(inside="idle"), recording("other3", inside="run")]
    put(files, "groups.h5", "a group a recording", groups, two)

    def nested(file):
        group = file.create_group("machine 3/accelerometer")
        group.create_dataset("data", data=base).attrs["fs"] = 400.0
        file.create_group("notes").attrs["text"] = "door open"

    put(files, "nested.h5", "groups within groups", nested, recording(axes=[]))

    def stacked(file):
        file.create_dataset("data", data=base.reshape(4, 600, 3), chunks=(1, 600, 3)).attrs["fs"] = 400.0

    four = [recording(rows=[at * 600, at * 600 + 600], axes=[], inside=str(at)) for at in range(4)]
    put(files, "stacked.h5", "[recordings, readings, axes]", stacked, four)


def by_pandas(files, base):
    frame = pandas.DataFrame({"time": STEP * 10} | {name: base[:, at] for at, name in enumerate(XYZ)})
    for form, what in (("fixed", "to_hdf, fixed"), ("table", "to_hdf, table")):
        frame.to_hdf(files.path(f"hdf5/pandas-{form}.h5"), key="df", format=form)
        # The table keeps its numbers together, under no names.
        one = recording(axes=XYZ if form == "fixed" else [], rate=100.0)
        files.add(f"hdf5/pandas-{form}.h5", FORM, "pandas", what, one)
    frame.to_hdf(files.path("hdf5/pandas-data-columns.h5"), key="df", format="table", data_columns=True)
    files.add("hdf5/pandas-data-columns.h5", FORM, "pandas", "to_hdf, table, data_columns", recording(rate=100.0))
    dated = frame.drop(columns="time").set_index(pandas.date_range("2026-05-01", periods=2400, freq="10ms"))
    dated.to_hdf(files.path("hdf5/pandas-dates.h5"), key="df")
    files.add("hdf5/pandas-dates.h5", FORM, "pandas", "to_hdf, fixed, an index of dates", recording(rate=100.0))


def by_pytables(files, base):
    class Reading(tables.IsDescription):
        t = tables.Float64Col(pos=0)
        x = tables.Float32Col(pos=1)
        y = tables.Float32Col(pos=2)
        z = tables.Float32Col(pos=3)

    rows = list(zip(STEP / 400, *base.T))
    for name, filters in (("plain", None), ("zlib", tables.Filters(5, "zlib"))):
        with tables.open_file(files.path(f"hdf5/tables-{name}.h5"), "w") as file:
            table = file.create_table("/", "readings", Reading, filters=filters, track_times=False)
            table.append(rows)
        files.add(f"hdf5/tables-{name}.h5", FORM, "tables", f"a table, {name}", recording())
    with tables.open_file(files.path("hdf5/tables-earray.h5"), "w") as file:
        array = file.create_earray("/", "acc", tables.Float32Atom(), (0, 3), filters=tables.Filters(5, "zlib"), track_times=False)
        for at in range(0, 2400, 300):
            array.append(base[at : at + 300].astype("float32"))
        array.attrs.fs = 400.0
    files.add("hdf5/tables-earray.h5", FORM, "tables", "an array that grows", recording(axes=[]))
    # Compression that only PyTables brings: refused by its name.
    with tables.open_file(files.path("hdf5/tables-blosc.h5"), "w") as file:
        file.create_carray("/", "acc", obj=base, filters=tables.Filters(5, "blosc"), track_times=False)
    files.refuse("hdf5/tables-blosc.h5", FORM, "tables", "compressed by Blosc", "losc")
