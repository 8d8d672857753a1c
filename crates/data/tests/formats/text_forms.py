"""Text in all its forms: what stands before, after and between the numbers, and in which encoding."""

import datetime

import numpy as np

from expected import GRAVITY, recording
from text_rows import clock, comma, number, rows

FORM = "CSV"
STEP = np.arange(2400)
MS = [f"{t:.4f}" for t in STEP / 400]


def write(files):
    base = files.truths["base3"]
    written_times(files, base)
    labels(files, base)
    around(files, base)
    marks(files, base)
    encodings(files, base)
    signals(files, base)


def put(files, name, what, text, one=None, options=None, encoding="utf-8", form=FORM, **more):
    name = f"text/{name}"
    files.text(name, text, encoding)
    files.add(name, form, "Python", what, one if one is not None else recording(), options, **more)


def written_times(files, base):
    """Dates and times of day as text, 400 a second."""
    start = datetime.datetime(2026, 5, 1, 12, 0, 0)
    dates = [start + datetime.timedelta(microseconds=2500 * int(k)) for k in STEP]
    iso = [one.isoformat(timespec="microseconds") for one in dates]
    head = "time,x,y,z\n"
    put(files, "iso.csv", "ISO times", head + rows(iso, base))
    put(files, "iso-quoted.csv", "ISO times in quotes", head + rows([f'"{one}"' for one in iso], base))
    put(files, "iso-space.csv", "date and time with a space", head + rows([one.replace("T", " ") for one in iso], base))
    put(files, "iso-utc.csv", "ISO times in UTC", head + rows([one + "Z" for one in iso], base), taken_unix=1777636800.0)
    offset = [one + "+02:00" for one in iso]
    put(files, "iso-offset.csv", "ISO times with an offset", head + rows(offset, base), taken_unix=1777629600.0)
    put(files, "iso-no-header.csv", "ISO times, no header", rows(iso, base), recording(axes=[]))
    apart = rows([one.strftime("%Y-%m-%d") for one in dates], [one.strftime("%H:%M:%S.%f") for one in dates], base)
    put(files, "date-time.csv", "date and time apart", "Date,Time,x,y,z\n" + apart)
    german = rows([one.strftime("%d.%m.%Y %H:%M:%S,%f") for one in dates], base, sep=";", form=comma)
    put(files, "german.csv", "German dates, decimal comma", "Zeit;x;y;z\n" + german)
    american = rows([one.strftime("%m/%d/%Y %I:%M:%S.%f %p") for one in dates], base)
    put(files, "american.csv", "American dates with AM and PM", "Time,x,y,z\n" + american)
    hundred = recording(rate=100.0)
    day = [clock(7140 + k / 100) for k in STEP]
    put(files, "clock.csv", "times of day `01:59:00.000`", head + rows(day, base), hundred)
    midnight = [clock(86390 + k / 100) for k in STEP]
    put(files, "midnight.csv", "times of day over midnight", head + rows(midnight, base), hundred, may_be_cut_at=[1000])
    monitor = "".join(f"{one} -> {row}\n" for one, row in zip(day, rows(base).splitlines()))
    put(files, "serial-monitor.txt", "Arduino's serial monitor", monitor, recording(rate=100.0, axes=[]))
    whole = [one.strftime("%Y-%m-%dT%H:%M:%S") for one in dates]
    put(files, "iso-seconds.csv", "ISO times of whole seconds", head + rows(whole, base), recording(within=0.25))


def labels(files, base):
    """A column of words, or of numbers, that names the state."""
    halves = ["idle"] * 1200 + ["run"] * 1200
    text = "t,x,y,z,state\n" + rows(MS, base, halves)
    put(files, "words.csv", "a column of words", text, left_out=["state"])
    states = [
        recording(rows=[0, 1200], label="idle"),
        recording(rows=[1200, 2400], label="run", inside="run/1200"),
    ]
    put(files, "words-as-label.csv", "a column of words as label", text, states, {"label_column": "state"})
    quoted = "t,label,x,y,z\n" + rows(MS, ['"fan, low"'] * 2400, base)
    one = recording(label="fan, low")
    put(files, "words-quoted.csv", "a label with a comma, in quotes", quoted, one, {"label_column": "label"})
    zeros = "t,x,y,z,label\n" + rows(MS, base, np.zeros(2400, int))
    put(files, "label-zero.csv", "a column `label` of 0", zeros, left_out=["label"])
    warm = "t,x,y,z,temperature\n" + rows(MS, base, np.full(2400, 23.5))
    put(files, "temperature.csv", "a constant temperature", warm, left_out=["temperature"])
    warm = "t,temp_C,x,y,z\n" + rows(MS, [f"{23 + k / 4000:.2f}" for k in STEP], base)
    put(files, "temperature-drifts.csv", "a temperature that drifts", warm, left_out=["temp_C"])
    put(
        files,
        "columns.csv",
        "columns by their names",
        "a,b,c,d\n" + rows(base, MS),
        recording(axes=("a", "b", "c")),
        {"columns": ["a", "b", "c"], "rate": 400.0},
    )
    keyed(files, base)


def keyed(files, base):
    """Two sensors in one file, told apart by a column."""
    other = files.truths["other3"]
    head = "time_ms,sensor_id,x,y,z\n"
    pairs = zip(rows(STEP * 10, ["a"] * 2400, base).splitlines(), rows(STEP * 10 + 3, ["b"] * 2400, other).splitlines())
    two = [recording(rate=100.0, inside="a"), recording("other3", rate=100.0, inside="b")]
    put(files, "two-sensors.csv", "two sensors in turn, by a key", head + "".join(f"{a}\n{b}\n" for a, b in pairs), two)
    both = "time_ms,sensor_id,x,y,z\n" + rows(STEP * 10, np.full(2400, 1), base) + rows(STEP * 10, np.full(2400, 2), other)
    two = [recording(rate=100.0), recording("other3", rate=100.0, inside="[2400]")]
    put(files, "sensor-after-sensor.csv", "one sensor after the other, by a key", both, two)


def around(files, base):
    """What stands before the first row of numbers, and after the last."""
    plain = rows(base)
    put(
        files,
        "summary.csv",
        "a line `Rate 1332, overflows 0` at the end",
        "Sample,X,Y,Z\n" + rows(STEP, base) + "Rate 1332, overflows 0\n",
        recording(axes=("X", "Y", "Z"), rate=None, rate_may_be=1332.0),
        left_out=["Sample"],
    )
    preamble = "Instrument,ACQ-3\nInterval,1.0E-03\n\nCH1,CH2,CH3\n"
    one = recording(axes=("CH1", "CH2", "CH3"), rate=None, rate_may_be=1000.0)
    put(files, "preamble.csv", "an instrument's preamble", preamble + plain, one)
    units = "Time,X,Y,Z\ns,g,g,g\n" + rows(MS, base)
    put(files, "units-row.csv", "a second row of units", units, recording(axes=("X", "Y", "Z"), unit="g"))
    brackets = "Time,X,Y,Z\n(ms),(mg),(mg),(mg)\n" + rows(STEP * 10, base * 1000)
    one = recording(axes=("X", "Y", "Z"), unit="mg", factor=1000.0, rate=100.0)
    put(files, "units-row-mg.csv", "a row of units in brackets, mg", brackets, one)
    sep = "sep=;\nt;x;y;z\n" + rows(MS, base, sep=";")
    put(files, "sep.csv", "`sep=;` for Excel", sep)
    messung = "Messung;Motor 3\nDatum;01.05.2026\nPr\u00fcfer;\n\nZeit [s];X [g];Y [g];Z [g]\n"
    german = messung + rows([one.replace(".", ",") for one in MS], base, sep=";", form=comma, end="\r\n")
    one = recording(axes=("X [g]", "Y [g]", "Z [g]"), unit="g")
    put(files, "messung.csv", "a German preamble, decimal comma", german, one)
    for name, mark in (("percent", "%"), ("semicolon", ";"), ("hash", "#"), ("slashes", "//")):
        commented = f"{mark} a fan at low speed\n{mark} sensor 3, 2026-05-01\n" + rows(MS, base)
        put(files, f"comment-{name}.csv", f"comments with `{mark}`", commented, recording(axes=[]))
    rated = "# fs = 400 Hz\nx,y,z\n" + plain
    put(files, "comment-rate.csv", "the rate in a comment", rated, recording(rate=None, rate_may_be=400.0))
    between = rows(MS[:1200], base[:1200]) + "# the door was opened\n" + rows(MS[1200:], base[1200:])
    put(files, "comment-between.csv", "a comment between rows", "t,x,y,z\n" + between)
    blank = "\n\nt,x,y,z\n\n" + rows(MS, base, end="\n\n") + "\n"
    put(files, "blank-lines.csv", "blank lines", blank)
    repeated = "t,x,y,z\n" + rows(MS[:1200], base[:1200]) + "t,x,y,z\n" + rows(MS[1200:], base[1200:])
    put(files, "header-again.csv", "a header that is repeated", repeated)
    put(
        files,
        "skip-first.csv",
        "the first 3 readings left out",
        "x,y,z\n" + plain,
        recording(rows=[3, 2400]),
        {"skip_first": 3, "rate": 400.0},
    )
    put(
        files,
        "unit-given.csv",
        "unit and rate given",
        "x,y,z\n" + rows(base * GRAVITY),
        recording(unit="m/s2", factor=GRAVITY),
        {"unit": "m/s2", "rate": 400.0},
    )


def marks(files, base):
    """Delimiters, decimal marks, quotes, and names beside the numbers."""
    for name, sep, what in (
        ("tab", "\t", "tabs"),
        ("space", " ", "spaces"),
        ("pipe", "|", "`|`"),
        ("spaced", ", ", "`, `"),
        ("semicolons", ";", "`;`"),
    ):
        put(files, f"{name}.txt", f"separated by {what}", sep.join(("t", "x", "y", "z")) + "\n" + rows(MS, base, sep=sep))
    aligned = "".join(f"{float(t):10.4f}" + "".join(f"{v:18.12f}" for v in row) + "\n" for t, row in zip(MS, base))
    put(
        files,
        "aligned.txt",
        "columns of equal width",
        "         t                 x                 y                 z\n" + aligned,
    )
    put(files, "trailing.csv", "a comma at the end of each row", "t,x,y,z,\n" + rows(MS, base, end=",\n"))
    quoted = '"t","x","y","z"\n' + rows(*[[f'"{v}"' for v in col] for col in quoted_cells(base)])
    put(files, "decimal-commas-quoted.csv", "decimal commas in quotes", quoted)
    semicolon = "t;x;y;z\n" + rows([one.replace(".", ",") for one in MS], base, sep=";", form=comma)
    put(files, "decimal-comma.csv", "`;`, decimal comma, byte order mark", semicolon, encoding="utf-8-sig")
    named = rows(*[[f"{axis}:{number(v)}" for v in base[:, at]] for at, axis in enumerate("XYZ")])
    put(files, "named-values.txt", "`X:0.1,Y:0.2,Z:1`", named, recording(axes=("X", "Y", "Z"), rate=None))
    exponents = "t,x,y,z\n" + rows(MS, base, form=lambda v: f"{v:+.15E}")
    put(files, "exponents.csv", "numbers with exponents", exponents)
    six = recording("acc6", axes=("ax", "ay", "az", "gx", "gy", "gz"))
    put(files, "six-axes.csv", "accelerations and rotations", "t,ax,ay,az,gx,gy,gz\n" + rows(MS, files.truths["acc6"]), six)
    bearing = recording("bearing1", axes=(), rate=20000.0)
    put(files, "bearing.csv", "one axis at 20 kHz", rows(files.truths["bearing1"]), bearing, {"rate": 20000.0})
    counts = "t,x,y,z\n" + rows(MS, np.round(base * 4096).astype(int))
    put(files, "counts.csv", "counts", counts, recording(factor=4096.0))


def quoted_cells(base):
    yield [one.replace(".", ",") for one in MS]
    for at in range(3):
        yield [comma(v) for v in base[:, at]]


def encodings(files, base):
    """Encodings and line ends."""
    plain = "t,x,y,z\n" + rows(MS, base)
    put(files, "utf-16-le.csv", "UTF-16 LE", "\ufeff" + plain, encoding="utf-16-le")
    put(files, "utf-16-be.csv", "UTF-16 BE", "\ufeff" + plain, encoding="utf-16-be")
    put(
        files,
        "utf-16-tabs.txt",
        "UTF-16 LE with tabs, as Excel's Unicode text",
        "\ufeff" + "t\tx\ty\tz\r\n" + rows(MS, base, sep="\t", end="\r\n"),
        encoding="utf-16-le",
    )
    put(files, "cr.csv", "lines that end in CR", plain.replace("\n", "\r"))
    put(files, "crlf.csv", "lines that end in CR LF, the last in none", plain.replace("\n", "\r\n").rstrip())
    names = ("Beschl. X [m/s\u00b2]", "Beschl. Y [m/s\u00b2]", "Beschl. Z [m/s\u00b2]")
    latin = "Zeit [\u00b5s]," + ",".join(names) + "\n" + rows(STEP * 2500, base * GRAVITY)
    one = recording(axes=names, unit="m/s2", factor=GRAVITY)
    put(files, "latin-1.csv", "Latin-1 with `²` and `µ`", latin, one, encoding="latin-1")
    put(files, "utf-8-units.csv", "UTF-8 with `²` and `µ`", latin, one)


def signals(files, base):
    """One signal a line, as NanoEdge AI Studio takes and gives them."""
    lines = [base[at * 240 : at * 240 + 240] for at in range(10)]
    found = [recording(rows=[at * 240, at * 240 + 240], axes=[], rate=None, inside=f"[{at}]") for at in range(10)]
    given = [one | {"rate_hz": 400.0} for one in found]
    apart = "".join(rows(one.T.reshape(1, -1)) for one in lines)
    interleaved = "".join(rows(one.reshape(1, -1)) for one in lines)
    put(files, "signals.csv", "a signal a line, axes interleaved", interleaved, found, {"axes": 3})
    put(files, "signals-spaces.txt", "a signal a line, spaces", interleaved.replace(",", " "), given, {"axes": 3, "rate": 400.0})
    put(files, "signals-apart.csv", "a signal a line, axis after axis", apart, found, {"axes": 3, "axes_apart": True})
    one = [one | {"axes_of_truth": [0]} for one in found]
    put(files, "signals-one-axis.csv", "a signal a line, one axis", "".join(rows(part[:, :1].T) for part in lines), one)
