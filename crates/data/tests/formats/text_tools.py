"""Text as apps, instruments and public data sets write it."""

import datetime
import gzip

import numpy as np
import pyarrow

from expected import GRAVITY, XYZ, recording
from text_rows import comma, rows

FORM = "CSV"
STEP = np.arange(2400)
SECONDS = [f"{t:.4f}" for t in STEP / 400]
START = datetime.datetime(2026, 5, 1, 12, 0, 0)


def write(files):
    base = files.truths["base3"]
    phones(files, base)
    trackers(files, base)
    klipper(files, base)
    labview(files, base)
    bearings(files)
    endings(files, base)


def put(files, name, what, text, one, options=None, **more):
    files.text(f"text/{name}", text)
    files.add(f"text/{name}", FORM, "Python", what, one, options, **more)


def phones(files, base):
    """Apps of telephones."""
    metric = base * GRAVITY
    length = np.sqrt((metric**2).sum(axis=1))
    axes = tuple(f"Acceleration {axis} (m/s^2)" for axis in XYZ)
    absolute = "Absolute acceleration (m/s^2)"
    names = ("Time (s)", *axes, absolute)
    for name, sep, decimal in (("phyphox", ",", "."), ("phyphox-tab", "\t", "."), ("phyphox-german", ";", ",")):
        head = sep.join(f'"{one}"' for one in names) + "\n"
        body = rows(STEP / 400, metric, length, sep=sep, form=phyphox_number).replace(".", decimal)
        one = recording(axes=axes, unit="m/s2", factor=GRAVITY, tolerance=1e-8)
        put(files, f"{name}.csv", f"as phyphox exports it, `{sep}`".replace("\t", "tab"), head + body, one, left_out=[absolute])
    nanoseconds = [str(1777593600000000000 + 2500000 * int(k)) for k in STEP]
    logger = "time,seconds_elapsed,z,y,x\n" + rows(nanoseconds, [f"{t:.7f}" for t in STEP / 400], metric[:, ::-1])
    one = recording(axes=("z", "y", "x"), axes_of_truth=[2, 1, 0], factor=GRAVITY)
    put(files, "sensor-logger.csv", "as the app Sensor Logger writes it: z, y, x", logger, one, left_out=["seconds_elapsed"])
    toolbox = "time,gFx,gFy,gFz,TgF\n" + rows(SECONDS, base, np.sqrt((base**2).sum(axis=1)), form=lambda v: f"{v:.12f}")
    one = recording(axes=("gFx", "gFy", "gFz"), tolerance=1e-12)
    put(files, "physics-toolbox.csv", "as Physics Toolbox writes a g-force meter", toolbox, one, left_out=["TgF"])
    vib = "VibSensor\nDate: 2026-05-01 12:00:00\nSample rate: 400 Hz\n\nTime (s), X (g), Y (g), Z (g)\n" + rows(
        SECONDS, base, sep=", "
    )
    put(files, "vibsensor.csv", "much as VibSensor writes it", vib, recording(axes=("X (g)", "Y (g)", "Z (g)"), unit="g"))


def phyphox_number(value):
    """As Java formats `0.000000000E0`."""
    return f"{value:.9E}".replace("E+0", "E").replace("E-0", "E-")


def trackers(files, base):
    """Loggers that people wear, and boards of sensors."""
    dates = [START + datetime.timedelta(milliseconds=10 * int(k)) for k in STEP]
    hundred = {"rate": 100.0}
    axivity = rows([one.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3] for one in dates], base)
    put(files, "axivity.csv", "as Axivity's tools write it: no header", axivity, recording(axes=[], **hundred))
    preamble = (
        "------------ Data File Created By ActiGraph GT9X ActiLife v6.13.4 Firmware v1.7.2 date format M/d/yyyy at 100 Hz"
        "  Filter Normal -----------\nSerial Number: TAS1D0000000\nStart Time 12:00:00\nStart Date 5/1/2026\n"
        "Epoch Period (hh:mm:ss) 00:00:00\nDownload Time 13:00:00\nDownload Date 5/1/2026\n"
        "Current Memory Address: 0\nCurrent Battery Voltage: 4.21     Mode = 12\n"
        "--------------------------------------------------\n"
    )
    names = tuple(f"Accelerometer {axis}" for axis in "XYZ")
    one = recording(axes=names, rate=None, rate_may_be=100.0)
    put(files, "actigraph.csv", "as ActiLife writes it", preamble + ",".join(names) + "\n" + rows(base), one)
    stamps = [f"{one:%m/%d/%Y %H:%M:%S}.{one.microsecond // 1000:03}" for one in dates]
    text = preamble + "Timestamp," + ",".join(names) + "\n" + rows(stamps, base)
    put(files, "actigraph-times.csv", "as ActiLife writes it, with times", text, recording(axes=names, **hundred))
    names = ("x-axis (g)", "y-axis (g)", "z-axis (g)")
    head = "epoc (ms),timestamp (+0200),elapsed (s)," + ",".join(names) + "\n"
    local = [f"{one:%Y-%m-%dT%H.%M.%S}.{one.microsecond // 1000:03}" for one in dates]
    text = head + rows(1777629600000 + STEP * 10, local, [f"{k / 100:.2f}" for k in STEP], base)
    put(files, "metabase.csv", "as MetaBase writes it: three times", text, recording(axes=names, unit="g", **hundred))
    six = files.truths["acc6"]
    names = ("AccX(g)", "AccY(g)", "AccZ(g)", "AsX(°/s)", "AsY(°/s)", "AsZ(°/s)")
    head = "time\tDeviceName\t" + "\t".join(names) + "\tT(°)\tBattery level(%)\t\n"
    stamps = [f"{one:%Y-%m-%d %H:%M:%S}.{one.microsecond // 1000:03}" for one in dates]
    text = head + rows(stamps, ["WT901(e3:00)"] * 2400, six, np.full(2400, 25.31), np.full(2400, 87), sep="\t", end="\t\n")
    one = recording("acc6", axes=names, unit="g", **hundred)
    left = ["DeviceName", "T(°)", "Battery level(%)"]
    put(files, "witmotion.txt", "much as WitMotion's program writes it", text, one, left_out=left)
    names = ("acc_x", "acc_y", "acc_z")
    text = "seq,timestamp,acc_x,acc_y,acc_z,battery,rssi\n" + rows(
        STEP % 256, STEP * 10, base, np.full(2400, 3.7), np.full(2400, -61)
    )
    put(
        files,
        "seq-of-a-byte.csv",
        "a counter of one byte, battery, signal strength",
        text,
        recording(axes=names, **hundred),
        left_out=["seq", "battery", "rssi"],
    )


def klipper(files, base):
    """Klipper's raw data, in mm/s^2."""
    metric = base * GRAVITY * 1000
    text = "#time,accel_x,accel_y,accel_z\n" + rows([f"{t:.6f}" for t in 1234.5 + STEP / 3200], metric, form=lambda v: f"{v:.6f}")
    one = recording(axes=("accel_x", "accel_y", "accel_z"), factor=GRAVITY * 1000, tolerance=1e-6, rate=3200.0, within=1e-4)
    put(files, "klipper.csv", "as Klipper writes raw data", text, one)


def labview(files, base):
    """LabVIEW's measurement files."""

    def put_lvm(name, what, columns, header, body, decimal="."):
        top = (
            "LabVIEW Measurement\t\nWriter_Version\t2\nReader_Version\t2\nSeparator\tTab\n"
            f"Decimal_Separator\t{decimal}\nMulti_Headings\tNo\nX_Columns\t{columns}\nTime_Pref\tAbsolute\nOperator\tlab\n"
            "Date\t2026/05/01\nTime\t12:00:00.5\n***End_of_Header***\t\n\t\nChannels\t3\t\t\t\n"
            "Samples\t2400\t2400\t2400\t\nDate\t2026/05/01\t2026/05/01\t2026/05/01\t\n"
            "Time\t12:00:00.5\t12:00:00.5\t12:00:00.5\t\nY_Unit_Label\tg\tg\tg\t\nX_Dimension\tTime\tTime\tTime\t\n"
            "X0\t0.0000000000000000E+0\t0.0000000000000000E+0\t0.0000000000000000E+0\t\n"
            "Delta_X\t0.002500\t0.002500\t0.002500\t\n***End_of_Header***\t\t\t\t\n"
        )
        top = top.replace("0.0025", f"0{decimal}0025").replace("0.0000", f"0{decimal}0000")
        text = (top + header + body).replace("\n", "\r\n")
        put(files, name, what, text, recording(axes=("Acc X", "Acc Y", "Acc Z"), unit="g"))

    head = "X_Value\tAcc X\tAcc Y\tAcc Z\tComment\n"
    one = rows([f"{t:.6f}" for t in STEP / 400], base, sep="\t")
    put_lvm("labview.lvm", "as LabVIEW writes it", "One", head, one)
    put_lvm("labview-comma.lvm", "as LabVIEW writes it, decimal comma", "One", head, one.replace(".", ","), ",")
    empty = rows([""] * 2400, base, sep="\t")
    put_lvm("labview-no-x.lvm", "as LabVIEW writes it without times", "No", head, empty)
    times = [f"{t:.6f}" for t in STEP / 400]
    multi = rows(times, base[:, :1], times, base[:, 1:2], times, base[:, 2:], sep="\t")
    head = "X_Value\tAcc X\tX_Value\tAcc Y\tX_Value\tAcc Z\tComment\n"
    put_lvm("labview-multi.lvm", "as LabVIEW writes it, a time for each", "Multi", head, multi)


def bearings(files):
    """In the form of public data sets of bearings."""
    two = files.truths["bearing2"]
    files.text("text/ims/2003.10.22.12.06.24", rows(two, sep="\t"))
    files.text("text/ims/2003.10.22.12.09.13", rows(two[:2560], sep="\t"))
    names = [("2003.10.22.12.06.24", 5120), ("2003.10.22.12.09.13", 2560)]
    found = [recording("bearing2", [0, length], [], 25600.0, inside=name) for name, length in names]
    files.add("text/ims", FORM, "Python", "named as those of IMS, without an ending", found, {"rate": 25600.0})
    names = ("Horizontal_vibration_signals", "Vertical_vibration_signals")
    found = recording("bearing2", axes=names, rate=25600.0)
    put(files, "xjtu.csv", "as those of XJTU-SY", ",".join(names) + "\n" + rows(two), found, {"rate": 25600.0})
    part = 39 * 1_000_000 + 65_664 + np.arange(5120) * 1_000_000 / 25600
    fractions = [f"{t % 1_000_000:.4f}" for t in part]
    text = rows(np.full(5120, 9), np.full(5120, 39), (part // 1_000_000).astype(int), fractions, two)
    found = recording("bearing2", axes=[], rate=25600.0)
    put(files, "femto.csv", "as those of FEMTO: hour, minute, second, µs", text, found, {"columns": ["5", "6"], "rate": 25600.0})


def endings(files, base):
    """Other endings, and compressed text."""
    text, whole = "t,x,y,z\n" + rows(SECONDS[:600], base[:600]), recording(rows=[0, 600])
    tabs = text.replace(",", "\t")
    for ending, body in (("dat", tabs), ("asc", tabs), ("log", text), ("tsv", tabs), ("tab", tabs), ("data", text)):
        put(files, f"ending.{ending}", f"ending `.{ending}`", body, whole)
    put(files, "noending", "no ending", text, whole)
    files.path("text/plain.csv.gz").write_bytes(gzip.compress(text.encode(), mtime=0))
    files.add("text/plain.csv.gz", FORM, "Python", "gzip", whole)
    members = gzip.compress(text[:20000].encode(), mtime=0) + gzip.compress(text[20000:].encode(), mtime=0)
    files.path("text/members.csv.gz").write_bytes(members)
    files.add("text/members.csv.gz", FORM, "Python", "gzip of two members", whole)
    with pyarrow.output_stream(str(files.path("text/plain.csv.zst")), compression="zstd") as stream:
        stream.write(text.encode())
    files.add("text/plain.csv.zst", FORM, "pyarrow", "Zstandard", whole)
    german = "t;x;y;z\r\n" + rows([one.replace(".", ",") for one in SECONDS], base, sep=";", form=comma, end="\r\n")
    with pyarrow.output_stream(str(files.path("text/german.csv.zst")), compression="zstd") as stream:
        stream.write(german.encode("utf-16"))
    files.add("text/german.csv.zst", FORM, "pyarrow", "Zstandard of UTF-16, decimal comma", recording())
