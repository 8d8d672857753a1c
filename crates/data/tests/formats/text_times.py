"""Text whose time is hard to find, or whose rate is hard to tell."""

import numpy as np

from expected import recording
from text_rows import rows

FORM = "CSV"


def write(files):
    base = files.truths["base3"]
    unnamed(files, base[:200], base)
    for rate in (119, 150, 400, 666, 800, 1600):
        whole_milliseconds(files, base, rate)
    named(files, base)
    disturbed(files, base)


def unnamed(files, short, base):
    """A first column that does not grow at each step, without a header."""

    def put(letter, what, text, within=1e-6, rate=400.0, length=200, **more):
        name = f"text/time-{letter}.csv"
        files.text(name, text)
        one = recording(rows=[0, length], axes=[], rate=rate, within=within)
        files.add(name, FORM, "Python", what, one | more)

    step = np.arange(200)
    seconds = step / 3200 + 12.5 + np.where(step >= 100, 0.004, 0.0)
    text = "#time,accel_x,accel_y,accel_z\n" + rows([f"{t:.7f}" for t in seconds], short)
    put(
        "comment",
        "header in a comment, 3200 Hz, 4 ms missing",
        text,
        1e-3,
        3200.0,
        axes=["accel_x", "accel_y", "accel_z"],
        may_be_cut_at=[100],
        finding="hole",
    )
    put("whole-ms", "whole ms at 1600 Hz, no header", rows(np.floor(step / 1.6).astype(int), short), 1e-2, 1600.0)
    seconds = np.floor(0.5 + np.arange(2400) / 400).astype(int)
    put("whole-s", "whole seconds, no header", rows(seconds, base), 0.25, length=2400)
    back = 1777593600 + step / 400 - np.where(step >= 100, 0.25, 0.0)
    put("back", "epoch s that go back by 0.25 s", rows([f"{t:.6f}" for t in back], short), 1e-3, may_be_cut_at=[100])
    packets = 1487330000000 + 30 * (step // 3)
    put("packets", "three rows a time, epoch ms", rows(packets, short), 2e-2, 100.0)
    paused = (step * 10 + np.where(step >= 100, 500, 0)).astype(int)
    files.text("text/time-pause.csv", rows(paused, short))
    halves = [
        recording(rows=[0, 100], axes=[], rate=100.0, finding="hole"),
        recording(rows=[100, 200], axes=[], rate=100.0, inside="[100]"),
    ]
    files.add("text/time-pause.csv", FORM, "Python", "ms with a pause of 0.5 s, no header", halves)
    wrapped = (2**32 - 250_000 + 2500 * step) % 2**32
    put("wraps", "µs of 32 bits that begin again", rows(wrapped, short), may_be_cut_at=[100])
    put("last", "time in the last column", rows(short, [f"{t:.4f}" for t in step / 400]))
    put("middle", "time in ms between the axes", rows(short[:, :1], step * 10, short[:, 1:]), rate=100.0)


def whole_milliseconds(files, base, rate):
    """Forty short files whose times are cut to whole milliseconds, and one long one."""
    folder = f"text/ms-{rate}"
    found = []
    for at in range(40):
        begin = at * 50
        times = np.floor(1000 * (np.arange(200) / rate + 1.2345 * at)).astype(int)
        name = f"{at:02}.csv"
        files.text(f"{folder}/{name}", "millis,x,y,z\n" + rows(times, base[begin : begin + 200]))
        # A file is so short that its ends being cut to a millisecond counts.
        found.append(recording(rows=[begin, begin + 200], rate=float(rate), within=rate / 199e3, inside=name))
    what = f"`millis` whole, {rate} Hz, 40 files of 200 rows"
    files.add(folder, FORM, "Python", what, found, folder_rate_hz=float(rate), folder_rate_tolerance=1e-3)
    times = np.floor(1000 * (np.arange(2400) / rate + 7.2345)).astype(int)
    name = f"text/ms-{rate}.csv"
    files.text(name, "millis,x,y,z\n" + rows(times, base))
    files.add(name, FORM, "Python", f"`millis` whole, {rate} Hz", recording(rate=float(rate), within=1e-3))


def named(files, base):
    """Names and units that a time column goes by."""
    base, step = base[:600], np.arange(600)
    milliseconds, microseconds = step * 10, step * 10_000
    seconds = [f"{t:.2f}" for t in step / 100]
    for name, header, times in (
        ("timeMs", "timeMs", milliseconds),
        ("since-start", "Time since start [ms]", milliseconds),
        ("msec", "time [msec]", milliseconds),
        ("usec", "usec", microseconds),
        ("greek-mu", "Time (\u03bcs)", microseconds),
        ("micro-sign", "Time (\u00b5s)", microseconds),
        ("micros", "micros", microseconds),
        ("timestamp-ms", "timestamp", milliseconds),
        ("epoch-ms", "timestamp", 1777593600000 + milliseconds),
        ("epoch-s", "timestamp", [f"{1777593600 + t / 100:.2f}" for t in step]),
        ("epoch-us", "ts", 1777593600000000 + microseconds),
        ("epoch-ns", "time", 1777593600000000000 + step * 10_000_000),
        ("elapsed", "elapsed (s)", seconds),
        ("t", "t", seconds),
        ("zeit", "Zeit [s]", seconds),
        ("time-s", "time_s", seconds),
    ):
        file = f"text/time-named-{name}.csv"
        files.text(file, f"{header},x,y,z\n" + rows(times, base))
        files.add(file, FORM, "Python", f"time named `{header}`", recording(rows=[0, 600], rate=100.0))
    files.text("text/time-by-name.csv", "x,q,y,z\n" + rows(base[:, :1], milliseconds, base[:, 1:]))
    options = {"time_column": "q", "rate": 100.0}
    files.add("text/time-by-name.csv", FORM, "Python", "time column by its name", recording(rows=[0, 600], rate=100.0), options)


def disturbed(files, base):
    """Holes, and steps that are not equal."""
    step = np.arange(2400)
    times = step * 10 + np.where(step >= 1200, 5000, 0)
    files.text("text/hole.csv", "time_ms,x,y,z\n" + rows(times, base))
    halves = [
        recording(rows=[0, 1200], rate=100.0, finding="hole"),
        recording(rows=[1200, 2400], rate=100.0, inside="[1200]"),
    ]
    files.add("text/hole.csv", FORM, "Python", "a hole of 5 s", halves)
    wild = np.cumsum(np.random.default_rng(7).choice([1, 5, 30], 2400)).astype(int)
    rate = 1000 * 2399 / float(wild[-1] - wild[0])
    files.text("text/jitter-wild.csv", "time_ms,x,y,z\n" + rows(wild, base))
    one = recording(rate=rate, within=0.05, finding="jitter")
    files.add("text/jitter-wild.csv", FORM, "Python", "steps of 1, 5 and 30 ms", one)
    times = step * 2500 + np.random.default_rng(8).integers(-40, 41, 2400)
    files.text("text/jitter-small.csv", "micros,x,y,z\n" + rows(times, base))
    files.add("text/jitter-small.csv", FORM, "Python", "jitter of 40 µs", recording(within=1e-3))
