"""MATLAB's `.mat` of version 4 and 5 by SciPy, and of 7.3 by hdf5storage and h5py."""

import h5py
import hdf5storage
import numpy as np
import scipy.io

from expected import XYZ, recording


def write(files):
    base = files.truths["base3"]
    contents = variables(files, base)
    for name, (what, variable, one) in contents.items():
        for packed in (False, True):
            file = f"mat5/{name}{'-compressed' if packed else ''}.mat"
            scipy.io.savemat(files.path(file), variable, do_compression=packed)
            files.add(file, "MAT 5", "scipy", what + (", compressed" if packed else ""), one)
    version_4(files, base)
    data_sets(files)
    version_7_3(files, base, contents)
    without_fs = recording(axes=[], rate=400.0)
    scipy.io.savemat(files.path("mat5/matrix-alone.mat"), {"data": base})
    files.add("mat5/matrix-alone.mat", "MAT 5", "scipy", "a matrix, rate given", without_fs, {"rate": 400.0})


def vectors(base, kind="float64"):
    return {name: base[:, at].astype(kind) for at, name in enumerate(XYZ)}


def variables(files, base):
    """What stands in a file: what it is, its variables, and what must be read."""
    step = np.arange(2400)
    by_name, by_place = recording(), recording(axes=[])
    counts = np.round(base * 4096).astype("int16")
    apart = {
        name: {"x": files.truths[truth][:, 0], "y": files.truths[truth][:, 1], "z": files.truths[truth][:, 2], "fs": 400.0}
        for name, truth in (("idle", "base3"), ("run", "other3"))
    }
    return {
        "matrix": ("a matrix and fs", {"data": base, "fs": 400.0}, by_place),
        "matrix-rows": ("a matrix whose rows are axes, and fs", {"data": base.T, "fs": 400.0}, by_place),
        "rows": ("row vectors and fs", {**vectors(base), "fs": 400.0}, by_name),
        "columns": ("column vectors and fs", {**{k: v[:, None] for k, v in vectors(base).items()}, "fs": 400.0}, by_name),
        "f32": ("float32 and Fs", {**vectors(base, "float32"), "Fs": 400}, by_name),
        "int16": ("int16 and sample_rate", {"counts": counts, "sample_rate": 400}, recording(axes=[], factor=4096.0)),
        "time": ("a vector of time", {"t": step / 400, **vectors(base)}, by_name),
        "time-in-matrix": ("a matrix, time first", {"data": np.column_stack([step / 400, base])}, by_place),
        "struct": ("a struct", {"rec": {**vectors(base), "fs": 400.0}}, by_name),
        "struct-matrix": ("a struct with a matrix", {"rec": {"acc": base, "fs": 400.0, "unit": "g"}}, by_place),
        "two-structs": ("two structs", apart, [recording(inside="idle"), recording("other3", inside="run")]),
        "dt": ("vectors and dt", {**vectors(base), "dt": 1 / 400}, by_name),
    }


def version_4(files, base):
    scipy.io.savemat(files.path("mat4/vectors.mat"), {**vectors(base), "fs": 400.0}, format="4")
    files.refuse("mat4/vectors.mat", "MAT 4", "scipy", "vectors and fs", "version 4")
    scipy.io.savemat(files.path("mat4/matrix.mat"), {"data": base, "fs": 400.0}, format="4")
    files.refuse("mat4/matrix.mat", "MAT 4", "scipy", "a matrix and fs", "version 4")


def data_sets(files):
    """In the form of public data sets of bearings."""
    two = files.truths["bearing2"]
    cwru = {"X097_DE_time": two[:, :1], "X097_FE_time": two[:, 1:], "X097RPM": np.array([[1796]])}
    scipy.io.savemat(files.path("mat5/as-cwru.mat"), cwru)
    one = [
        recording("bearing2", axes=[f"X097_{name}_time"], axes_of_truth=[at], rate=25600.0, inside=f"X097_{name}_time")
        for at, name in enumerate(("DE", "FE"))
    ]
    files.add("mat5/as-cwru.mat", "MAT 5", "scipy", "as CWRU: names that end in `_time`, and RPM", one, {"rate": 25600.0})
    bearing = files.truths["bearing1"]
    mfpt = {"bearing": {"sr": 20000.0, "gs": bearing, "load": 270.0, "rate": 25.0}}
    scipy.io.savemat(files.path("mat5/as-mfpt.mat"), mfpt, do_compression=True)
    one = recording("bearing1", axes=("gs",), rate=20000.0)
    files.add("mat5/as-mfpt.mat", "MAT 5", "scipy", "as MFPT: `sr`, and the shaft's `rate`", one)


def version_7_3(files, base, contents):
    """By hdf5storage, and as MATLAB writes it, by h5py behind a block of MATLAB's."""
    for name in ("matrix", "rows", "columns", "int16", "time", "struct", "two-structs"):
        what, variable, one = contents[name]
        file = f"mat73/{name}.mat"
        arrays = {key: matlab(value) for key, value in variable.items()}
        hdf5storage.savemat(str(files.path(file)), arrays, format="7.3", store_python_metadata=False, matlab_compatible=True)
        files.add(file, "MAT 7.3", "hdf5storage", what, one)
    for name, settings in (("plain", {}), ("compressed", {"compression": "gzip", "chunks": (3, 600)})):
        path = files.path(f"mat73/h5py-{name}.mat")
        with h5py.File(path, "w", userblock_size=512, libver=("earliest", "v108")) as file:
            for key, value in (("data", base), ("fs", np.array([[400.0]]))):
                extra = settings if key == "data" else {}
                # MATLAB's first index runs fastest: what h5py sees is turned over.
                made = file.create_dataset(key, data=value.T, track_times=False, **extra)
                made.attrs["MATLAB_class"] = np.bytes_("double")
        head = b"MATLAB 7.3 MAT-file, Platform: GLNXA64, Created on: Fri May  1 12:00:00 2026 HDF5 schema 1.00 ."
        with open(path, "r+b") as file:
            file.write(head.ljust(116) + bytes(8) + b"\x00\x02IM")
        files.add(f"mat73/h5py-{name}.mat", "MAT 7.3", "h5py", f"as MATLAB lays it out, {name}", recording(axes=[]))


def matlab(value):
    """As MATLAB has it: everything a matrix."""
    if isinstance(value, dict):
        return {key: matlab(one) for key, one in value.items()}
    return value if isinstance(value, str) else np.atleast_2d(value)
