"""NumPy's `.npy` and `.npz` as people save them."""

import numpy as np

from expected import XYZ, recording


def write(files):
    base, other = files.truths["base3"], files.truths["other3"]
    step = np.arange(2400)
    vectors = {name: base[:, at] for at, name in enumerate(XYZ)}
    by_place, rate = recording(axes=[], rate=None), {"rate": 400.0}
    one_of = {
        "f64": base,
        "f32": base.astype("f4"),
        "int16": np.round(base * 4096).astype("i2"),
        "big-endian": base.astype(">f8"),
        "fortran": np.asfortranarray(base),
        "stacked": base.reshape(4, 600, 3),
    }
    four = [recording(rows=[at * 600, at * 600 + 600], axes=[], rate=None, inside=str(at)) for at in range(4)]
    for name, array in one_of.items():
        np.save(files.path(f"numpy/{name}.npy"), array)
        one = four if name == "stacked" else by_place | {"factor": 4096.0 if name == "int16" else 1.0}
        files.add(f"numpy/{name}.npy", "npy", "numpy", f"{name} {list(array.shape)}", one)
    np.save(files.path("numpy/rate.npy"), base)
    files.add("numpy/rate.npy", "npy", "numpy", "rate given", recording(axes=[]), rate)
    parts = np.zeros(2400, [("t", "f8"), ("x", "f4"), ("y", "f4"), ("z", "f4")])
    parts["t"] = step / 400
    for name, values in vectors.items():
        parts[name] = values
    np.save(files.path("numpy/structured.npy"), parts)
    files.add("numpy/structured.npy", "npy", "numpy", "a structured array of t, x, y, z", recording())
    archives = {
        "xyz-fs": ("x, y, z, fs", {**vectors, "fs": 400.0}, recording()),
        "xyz-t-fs": ("x, y, z, t, fs", {**vectors, "t": step / 400, "fs": 400}, recording()),
        "t-first": ("t, x, y, z", {"t": step / 400, **vectors}, recording()),
        "timestamp": ("timestamp of datetime64, x, y, z", {"timestamp": dates(step), **vectors}, recording()),
        "data-fs": ("data [2400, 3] and fs", {"data": base, "fs": 400.0}, recording(axes=[])),
        "data-rows": ("data [3, 2400] and sr", {"data": base.T, "sr": 400.0}, recording(axes=[])),
        "data-sample-rate": (
            "data as float32, and sample_rate",
            {"data": base.astype("f4"), "sample_rate": 400},
            recording(axes=[]),
        ),
        "data-t": ("data and t", {"t": step / 400, "data": base}, recording(axes=[])),
        "int16": (
            "data as int16, and fs",
            {"data": np.round(base * 4096).astype("i2"), "fs": 400},
            recording(axes=[], factor=4096.0),
        ),
        "fortran": ("data in Fortran's order, and rate", {"data": np.asfortranarray(base), "rate": 400.0}, recording(axes=[])),
        "names": ("data, columns, unit and fs", named(base), recording(unit="g")),
        "two": ("two recordings", {"idle": base, "run": other, "fs": 400.0}, two()),
        "label": ("data, label and fs", {"data": base, "label": "idle", "fs": 400.0}, recording(axes=[], label="idle")),
    }
    for name, (what, arrays, one) in archives.items():
        np.savez(files.path(f"numpy/{name}.npz"), **arrays)
        files.add(f"numpy/{name}.npz", "npz", "numpy", what, one)
        np.savez_compressed(files.path(f"numpy/{name}-compressed.npz"), **arrays)
        files.add(f"numpy/{name}-compressed.npz", "npz", "numpy", f"{what}, compressed", one)
    np.savez(files.path("numpy/positional.npz"), base, other)
    found = [recording(axes=[], rate=None, inside="arr_0"), recording("other3", axes=[], rate=None, inside="arr_1")]
    files.add("numpy/positional.npz", "npz", "numpy", "arr_0 and arr_1", found)


def dates(step):
    return np.datetime64("2026-05-01T12:00:00", "us") + step * np.timedelta64(2500, "us")


def named(base):
    return {"data": base, "columns": np.array(XYZ), "unit": "g", "fs": 400.0}


def two():
    return [recording(axes=[], inside="idle"), recording("other3", axes=[], inside="run")]
