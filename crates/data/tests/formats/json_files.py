"""JSON in the forms that people have, and Edge Impulse's acquisition files in JSON and CBOR."""

import json

import cbor2
import duckdb
import pandas
import polars

from expected import GRAVITY, XYZ, recording
from series import HUNDRED, STEP, vectors


def write(files):
    base = files.truths["base3"]
    frames(files, base)
    by_hand(files, base)
    acquisitions(files, base)
    labelled(files, base)


def put(files, name, what, value):
    files.path(f"json/{name}").write_text(value if isinstance(value, str) else json.dumps(value))
    return f"json/{name}", "JSON", "Python", what


def frames(files, base):
    """What frames write by default, and as people ask for it."""
    frame = pandas.DataFrame({"time": STEP * 10} | vectors(base))
    for orient in ("records", "columns", "index", "split", "values", "table"):
        path = files.path(f"json/pandas-{orient}.json")
        frame.to_json(path, orient=orient, double_precision=15)
        one = recording(axes=[], **HUNDRED) if orient == "values" else recording(**HUNDRED)
        files.add(f"json/pandas-{orient}.json", "JSON", "pandas", f"to_json, {orient}", one)
    frame.to_json(files.path("json/pandas-lines.jsonl"), orient="records", lines=True, double_precision=15)
    files.add("json/pandas-lines.jsonl", "JSON Lines", "pandas", "to_json, lines", recording(**HUNDRED))
    dated = frame.assign(time=pandas.date_range("2026-05-01", periods=2400, freq="10ms"))
    for date_format in ("iso", "epoch"):
        path = files.path(f"json/pandas-{date_format}.json")
        dated.to_json(path, orient="records", date_format=date_format, date_unit="ms", double_precision=15)
        files.add(
            f"json/pandas-{date_format}.json", "JSON", "pandas", f"to_json, records, dates as {date_format}", recording(**HUNDRED)
        )
    polars.from_pandas(dated).write_json(files.path("json/polars.json"))
    files.add("json/polars.json", "JSON", "polars", "write_json", recording(**HUNDRED))
    polars.from_pandas(dated).write_ndjson(files.path("json/polars.ndjson"))
    files.add("json/polars.ndjson", "JSON Lines", "polars", "write_ndjson", recording(**HUNDRED))
    for name, form, settings in (("duckdb.jsonl", "JSON Lines", ""), ("duckdb-array.json", "JSON", ", ARRAY true")):
        with duckdb.connect() as connection:
            connection.register("readings", dated)
            connection.execute(f"COPY readings TO '{files.path(f'json/{name}')}' (FORMAT json{settings})")
        files.add(f"json/{name}", form, "duckdb", f"COPY{settings or ', default'}", recording(**HUNDRED))


def by_hand(files, base):
    lists = {name: values.tolist() for name, values in vectors(base).items()}
    add = files.add
    add(*put(files, "object-of-lists.json", "x, y, z as lists, and fs", lists | {"fs": 400}), recording())
    timed = {"t": (STEP / 400).tolist()} | lists
    add(*put(files, "object-with-time.json", "t, x, y, z as lists", timed), recording())
    add(*put(files, "array-of-rows.json", "a list of [x, y, z], rate given", base.tolist()), recording(axes=[]), {"rate": 400.0})
    nested = {"device": "fan", "sample_rate": 400, "unit": "g", "data": [dict(zip(XYZ, row)) for row in base.tolist()]}
    add(
        *put(files, "data-of-objects.json", "sample_rate, unit, and data of objects", nested),
        recording(rate=None, rate_may_be=400.0),
    )
    lines = "".join(json.dumps([k * 10, *row]) + "\n" for k, row in enumerate(base.tolist()))
    add(*put(files, "rows.jsonl", "a list a line", lines), recording(axes=[], **HUNDRED))
    parts = [
        {"rate_hz": 400.0, "label": "idle", "x": part[:, 0].tolist(), "y": part[:, 1].tolist(), "z": part[:, 2].tolist()}
        for part in base.reshape(4, 600, 3)
    ]
    found = [recording(rows=[at * 600, at * 600 + 600], inside=f"[{at}]", label="idle") for at in range(4)]
    add(*put(files, "recording-a-line.jsonl", "a recording a line", "".join(json.dumps(one) + "\n" for one in parts)), found)
    sensors = [{"ts": int(k) * 10, "acc": {"x": row[0], "y": row[1], "z": row[2]}} for k, row in zip(STEP, base.tolist())]
    text = "".join(json.dumps(one) + "\n" for one in sensors)
    add(*put(files, "nested.jsonl", "a reading a line, axes within `acc`", text), recording(axes=[f"acc.{axis}" for axis in XYZ], **HUNDRED))


def acquisition(values, interval_ms=2.5, axes=(("accX", "m/s2"), ("accY", "m/s2"), ("accZ", "m/s2"))):
    """A sample as Edge Impulse's ingestion takes it, unsigned."""
    return {
        "protected": {"ver": "v1", "alg": "none", "iat": 1777636800},
        "signature": "0" * 64,
        "payload": {
            "device_name": "fan-3",
            "device_type": "FAN-3",
            "interval_ms": interval_ms,
            "sensors": [{"name": name, "units": unit} for name, unit in axes],
            "values": values,
        },
    }


def sample(files, name, what, whole, one, library=None):
    if name.endswith(".cbor"):
        files.path(f"edge-impulse/{name}").write_bytes(cbor2.dumps(whole))
    else:
        files.path(f"edge-impulse/{name}").write_text(json.dumps(whole))
    form = "Edge Impulse CBOR" if name.endswith(".cbor") else "Edge Impulse JSON"
    # Where no list of labels is beside it, its name says the label up to the first dot.
    one = one | {"label": name.split(".")[0]}
    files.add(f"edge-impulse/{name}", form, library or ("cbor2" if name.endswith(".cbor") else "Python"), what, one)


def acquisitions(files, base):
    names = ("accX", "accY", "accZ")
    metric = recording(axes=names, unit="m/s2", factor=GRAVITY)
    for ending in ("json", "cbor"):
        sample(files, f"fan.{ending}", "three axes in m/s2", acquisition((base * GRAVITY).tolist()), metric)
        axes = [(name, "g") for name in names]
        slow = acquisition(base.tolist(), 10, axes)
        sample(files, f"fan-g.{ending}", "three axes in g, 100 Hz", slow, recording(axes=names, unit="g", rate=100.0))
        six = acquisition(files.truths["acc6"].tolist(), 2.5, axes + [(name, "dps") for name in ("gyrX", "gyrY", "gyrZ")])
        found = recording("acc6", axes=(*names, "gyrX", "gyrY", "gyrZ"), unit="g")
        sample(files, f"six-axes.{ending}", "accelerations and rotations", six, found)
        flat = acquisition(base[:, 2].tolist(), 2.5, [("accZ", "g")])
        found = recording(axes=["accZ"], axes_of_truth=[2], unit="g")
        sample(files, f"one-axis.{ending}", "one axis, values in one list", flat, found)
    third = acquisition(base.tolist(), 1000 / 119, [(name, "g") for name in names])
    sample(files, "rate-119.json", "an interval of 1000 / 119 ms", third, recording(axes=names, unit="g", rate=119.0))
    half = acquisition(files.truths["coarse3"].astype("f4").tolist(), 16.0, [(name, "g") for name in names])
    files.path("edge-impulse/canonical.cbor").write_bytes(cbor2.dumps(half, canonical=True))
    found = recording("coarse3", axes=names, unit="g", rate=62.5, label="canonical")
    files.add("edge-impulse/canonical.cbor", "Edge Impulse CBOR", "cbor2", "canonical: floats of 16 bits where they hold", found)


def labelled(files, base):
    """A folder as Edge Impulse exports a data set, with `info.labels`."""
    names = ("accX", "accY", "accZ")
    listed, found = [], []
    for at, (folder, label) in enumerate((("training", "idle"), ("training", "run"), ("testing", "idle"), ("testing", "run"))):
        part = base[at * 600 : at * 600 + 600]
        name = f"{folder}/sample{at}.json" if at < 3 else f"{folder}/sample{at}.cbor"
        whole = acquisition(part.tolist(), 2.5, [(axis, "g") for axis in names])
        path = files.path(f"edge-impulse/export/{name}")
        path.write_bytes(cbor2.dumps(whole) if name.endswith(".cbor") else json.dumps(whole).encode())
        listed.append({"path": name, "name": f"sample{at}", "category": folder, "label": {"type": "label", "label": label}})
        found.append(recording(rows=[at * 600, at * 600 + 600], axes=names, unit="g", label=label, inside=name))
    info = {"version": 1, "files": listed}
    files.path("edge-impulse/export/info.labels").write_text(json.dumps(info, indent=2))
    files.add("edge-impulse/export", "Edge Impulse JSON", "Python", "a data set with `info.labels`", sorted(found, key=lambda one: one["inside"]))
