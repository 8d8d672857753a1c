"""TDMS by npTDMS, and universal files of data set 58 by pyuff."""

import nptdms
import numpy as np
import pyuff

from expected import GRAVITY, XYZ, recording

# What their node, entity and directions are called together.
FAN = [f"fan 1 {axis}" for axis in XYZ]

START = np.datetime64("2026-05-01T12:00:00.000000")
TAKEN = 1777636800.0


def write(files):
    base = files.truths["base3"]
    tdms(files, base)
    tdms_of_parts(files, base)
    uff(files, base)


def channel(name, data, group="Acc", **properties):
    usual = {"wf_start_time": START, "wf_start_offset": 0.0, "wf_increment": 0.0025, "wf_samples": len(data)}
    return nptdms.ChannelObject(group, name, data, usual | properties)


def put(files, name, what, segments, one, **more):
    """Each segment is a list of objects."""
    settings = {key: more.pop(key) for key in ("version", "index_file") if key in more}
    with nptdms.TdmsWriter(str(files.path(f"tdms/{name}")), **settings) as writer:
        for objects in segments:
            writer.write_segment(objects)
    files.add(f"tdms/{name}", "TDMS", "nptdms", what, one, **more)


def tdms(files, base):
    axes = list(zip(XYZ, base.T))
    whole = recording(taken_unix=TAKEN)
    for version in (4712, 4713):
        objects = [channel(name, data) for name, data in axes]
        put(files, f"f64-{version}.tdms", f"float64, wf_increment, version {version}", [objects], whole, version=version)
    objects = [nptdms.RootObject({"title": "fan"}), nptdms.GroupObject("Acc", {"machine": "3"})]
    objects += [channel(name, data.astype("f4"), unit_string="g") for name, data in axes]
    put(files, "f32-unit.tdms", "float32, unit_string", [objects], whole | {"unit": "g"})
    objects = [channel(name, np.round(data * 4096).astype("i2")) for name, data in axes]
    put(files, "int16.tdms", "int16", [objects], whole | {"factor": 4096.0})
    scale = {
        "NI_Scaling_Status": "unscaled",
        "NI_Number_Of_Scales": 1,
        "NI_Scale[0]_Scale_Type": "Linear",
        "NI_Scale[0]_Linear_Slope": 1 / 4096,
        "NI_Scale[0]_Linear_Y_Intercept": 0.0,
        "NI_Scale[0]_Linear_Input_Source": 0xFFFFFFFF,
    }
    objects = [channel(name, np.round(data * 4096).astype("i2"), **scale) for name, data in axes]
    put(files, "scaled.tdms", "int16 with a linear scale", [objects], whole)
    plain = [nptdms.ChannelObject("Acc", name, data) for name, data in axes]
    seconds = nptdms.ChannelObject("Acc", "Time", np.arange(2400) / 400)
    put(files, "time.tdms", "a channel of time in s", [[seconds, *plain]], recording())
    stamps = nptdms.ChannelObject("Acc", "Time", START + np.arange(2400) * np.timedelta64(2500, "us"))
    put(files, "stamps.tdms", "a channel of time stamps", [[stamps, *plain]], recording(taken_unix=TAKEN))
    put(files, "no-rate.tdms", "no time at all", [plain], recording(rate=None))
    notes = nptdms.ChannelObject("Notes", "text", ["door open", "door shut"])
    objects = [channel(name, data) for name, data in axes]
    put(files, "notes.tdms", "a group of text beside it", [[*objects, notes]], whole)


def tdms_of_parts(files, base):
    """Several groups, and segments that go on."""
    axes = list(zip(XYZ, base.T))
    other = list(zip(XYZ, files.truths["other3"].T))
    objects = [channel(name, data, "idle") for name, data in axes] + [channel(name, data, "run") for name, data in other]
    two = [recording(inside="idle", taken_unix=TAKEN), recording("other3", inside="run", taken_unix=TAKEN)]
    put(files, "groups.tdms", "two groups", [objects], two)
    # What is written first says of how many readings it is.
    parts = [[channel(name, data[at : at + 600]) for name, data in axes] for at in range(0, 2400, 600)]
    put(files, "segments.tdms", "four segments", parts, recording(taken_unix=TAKEN))
    uneven = [[channel(name, data[begin:end]) for name, data in axes] for begin, end in ((0, 100), (100, 1700), (1700, 2400))]
    put(files, "segments-uneven.tdms", "three segments of unequal length", uneven, recording(taken_unix=TAKEN))
    apart = [[channel(name, data)] for name, data in axes]
    put(files, "a-segment-an-axis.tdms", "a segment for each channel", apart, recording(taken_unix=TAKEN))
    with nptdms.TdmsWriter(str(files.path("tdms/appended.tdms"))) as writer:
        writer.write_segment([channel(name, data[:1200]) for name, data in axes])
    with nptdms.TdmsWriter(str(files.path("tdms/appended.tdms")), mode="a") as writer:
        writer.write_segment([channel(name, data[1200:]) for name, data in axes])
    files.add("tdms/appended.tdms", "TDMS", "nptdms", "written to twice", recording(taken_unix=TAKEN))
    objects = [channel(name, data) for name, data in axes]
    put(files, "index/fan.tdms", "with a file `.tdms_index` beside it", [objects], recording(taken_unix=TAKEN), index_file=True)
    speed = nptdms.ChannelObject("Acc", "rpm", np.full(6, 1796.0), {"wf_increment": 1.0})
    put(
        files,
        "slow-channel.tdms",
        "a channel of another rate in the group",
        [[*objects, speed]],
        [recording(taken_unix=TAKEN)],
    )
    bearing = channel("acc", files.truths["bearing1"][:, 0], "DE", wf_increment=1 / 20000)
    put(
        files,
        "bearing.tdms",
        "one axis at 20 kHz",
        [[bearing]],
        recording("bearing1", axes=["acc"], rate=20000.0, taken_unix=TAKEN),
    )


def uff(files, base):
    # The increment has six digits, and so have numbers of single precision.
    kinds = (
        ("ascii", {"binary": 0}, 1e-11),
        ("binary", {"binary": 1}, 0.0),
        ("ascii-single", {"binary": 0, "kind": 2}, 1e-5),
        ("ascii-uneven", {"binary": 0, "even": 0}, 1e-11),
        ("binary-uneven", {"binary": 1, "even": 0}, 0.0),
    )
    for name, settings, tolerance in kinds:
        sets = [dataset(at, values, **settings) for at, values in enumerate(base.T)]
        universal(
            files, f"{name}.uff", sets, f"three sets, {name}", recording(axes=FAN, unit="g", within=1e-5, tolerance=tolerance)
        )
    metric = [dataset(at, values * GRAVITY, unit="m/s^2") for at, values in enumerate(base.T)]
    one = recording(axes=FAN, unit="m/s2", factor=GRAVITY, within=1e-5)
    universal(files, "metric.unv", metric, "three sets, m/s^2", one)
    single = dataset(0, files.truths["bearing1"][:, 0], increment=1 / 20000)
    one = recording("bearing1", axes=FAN[:1], rate=20000.0, unit="g", within=1e-5)
    universal(files, "bearing.uff", [single], "one axis at 20 kHz, binary", one)
    head, units = (
        pyuff.prepare_151("fan", "low speed", "a test", program="a test"),
        pyuff.prepare_164(1, "SI", 1, 1.0, 1.0, 1.0, 273.15),
    )
    sets = [head, units] + [dataset(at, values, binary=0) for at, values in enumerate(base.T)]
    one = recording(axes=FAN, unit="g", within=1e-5, tolerance=1e-11)
    universal(files, "header.uff", sets, "data sets 151 and 164 before them", one)


def universal(files, name, sets, what, one):
    path = files.path(f"uff/{name}")
    pyuff.UFF(str(path)).write_sets(sets, mode="add", force_double=False)
    files.add(f"uff/{name}", "UFF 58", "pyuff", what, one)


def dataset(at, values, binary=1, kind=4, even=1, unit="g", increment=0.0025):
    """A time response of one axis; of kind 2 it is of single precision, of kind 4 of double."""
    made = pyuff.prepare_58(
        binary=binary,
        func_type=1,
        rsp_node=1,
        rsp_dir=at + 1,
        ref_node=0,
        ref_dir=0,
        data=values,
        x=np.arange(len(values)) * increment,
        id1=f"Acc {XYZ[at]}",
        id2="fan",
        id3="01-May-26 12:00:00",
        rsp_ent_name="fan",
        ord_data_type=kind,
        abscissa_spacing=even,
        abscissa_spec_data_type=17,
        abscissa_axis_units_lab="s",
        ordinate_spec_data_type=12,
        ordinate_axis_units_lab=unit,
        orddenom_spec_data_type=0,
        return_full_dict=False,
    )
    return made | {"abscissa_axis_lab": "Time", "ordinate_axis_lab": "Acceleration"}
