"""What is no recording, or of a format that is not read: refused by its name."""

import gzip
import pickle
import sqlite3
import struct
import zlib

import h5py
import nptdms
import numpy as np
import pandas
import polars
import pyarrow
import pyarrow.orc
import scipy.io
import soundfile

from text_rows import rows


def write(files):
    base = files.truths["base3"]
    audio(files, base)
    stores(files, base)
    bytes_alone(files)
    nothing_inside(files, base)


def refuse(files, name, form, library, what, word, content=None, options=None):
    path = files.path(f"refused/{name}")
    if content is not None:
        path.write_bytes(content)
    files.refuse(f"refused/{name}", form, library, what, word, options)


def audio(files, base):
    """Sound that is compressed, or in another frame."""
    for form, subtype, ending, word in (
        ("FLAC", "PCM_16", "flac", "FLAC"),
        ("OGG", "VORBIS", "ogg", "Ogg"),
        ("AIFF", "PCM_16", "aiff", "AIFF"),
        ("W64", "PCM_16", "w64", "Wave64"),
        ("CAF", "PCM_16", "caf", "CAF"),
        ("MP3", "MPEG_LAYER_III", "mp3", "MP3"),
        ("WAV", "IMA_ADPCM", "adpcm.wav", "ADPCM"),
        ("WAV", "ULAW", "ulaw.wav", "law"),
    ):
        rate = 44100
        soundfile.write(files.path(f"refused/fan.{ending}"), base[:, 0] / 16, rate, subtype, format=form)
        refuse(files, f"fan.{ending}", form, "soundfile", subtype, word)


def stores(files, base):
    """Files of other programs."""
    refuse(files, "fan.pkl", "pickle", "Python", "an array in a pickle", "pickle", pickle.dumps(base, 5))
    frame = pandas.DataFrame(base[:300], columns=list("xyz"))
    frame.to_pickle(files.path("refused/frame.pkl"))
    refuse(files, "frame.pkl", "pickle", "pandas", "to_pickle", "pickle")
    connection = sqlite3.connect(files.path("refused/fan.sqlite"))
    connection.execute("CREATE TABLE readings (x REAL, y REAL, z REAL)")
    connection.executemany("INSERT INTO readings VALUES (?, ?, ?)", base[:300].tolist())
    connection.commit()
    connection.close()
    refuse(files, "fan.sqlite", "SQLite", "Python", "a table of readings", "SQLite")
    pyarrow.orc.write_table(pyarrow.table({"x": base[:, 0]}), files.path("refused/fan.orc"))
    refuse(files, "fan.orc", "ORC", "pyarrow", "a column", "ORC")
    polars.DataFrame({"x": base[:300, 0]}).write_avro(files.path("refused/fan.avro"))
    refuse(files, "fan.avro", "Avro", "polars", "a column", "Avro")
    frame.to_stata(files.path("refused/fan.dta"), time_stamp=None)
    refuse(files, "fan.dta", "Stata", "pandas", "a frame", "Stata")


def bytes_alone(files):
    """Their first bytes alone, or as few as make one."""
    refuse(
        files,
        "fan.mf4",
        "MDF",
        "Python",
        "the head of version 4",
        "MDF",
        b"MDF     4.10    judder  ".ljust(64, b"\0") + bytes(4096),
    )
    refuse(
        files,
        "fan.rds",
        "RDS",
        "Python",
        "R's, compressed",
        "RDS",
        gzip.compress(b"X\n\0\0\0\x03\0\x04\x03\x01" + bytes(64), mtime=0),
    )
    refuse(files, "fan.xls", "XLS", "Python", "Excel's before 2007", "xls", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(2040))

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    png = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")
    refuse(files, "fan.png", "PNG", "Python", "a picture", "PNG", png)
    refuse(files, "fan.pdf", "PDF", "Python", "the head of a report", "PDF", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(200))
    refuse(files, "empty.csv", "CSV", "Python", "no bytes", "no readings", b"")
    refuse(files, "empty.wav", "WAV", "Python", "no bytes", "no readings", b"")
    refuse(files, "header-alone.csv", "CSV", "Python", "a header alone", "no readings", b"t,x,y,z\n")
    refuse(files, "fan.bin", "unknown", "Python", "numbers without a head", "format", np.arange(1, 4096, dtype="<f4").tobytes())


def nothing_inside(files, base):
    """Formats that are read, with nothing in them that can be a recording."""
    refuse(files, "words.csv", "CSV", "Python", "words alone", "number", b"a,b\nred,green\nblue,red\n")
    step, head = np.arange(2400) * 10, "t,accX,accY,accZ\n"
    for name, usual, last, what, word in (
        ("words-in-axis.csv", "low", "high", "an axis of words, asked for", "accY"),
        ("once-words.csv", "0.5", "broken", "a word between numbers", "broken"),
    ):
        text = head + rows(step, base[:, :1], [usual] * 1200 + [last] + [usual] * 1199, base[:, 2:])
        asked = {"columns": ["accX", "accY", "accZ"]}
        refuse(files, name, "CSV", "Python", what, word, text.encode(), asked)
    plain = head + rows(step, base)
    refuse(
        files,
        "no-such-column.csv",
        "CSV",
        "Python",
        "a column that is not there",
        "accQ",
        plain.encode(),
        {"columns": ["accX", "accQ"]},
    )
    with nptdms.TdmsWriter(str(files.path("refused/fan.tdms")), index_file=True) as writer:
        writer.write_segment([nptdms.ChannelObject("Notes", "text", ["door open"])])
    refuse(files, "fan.tdms", "TDMS", "nptdms", "text alone", "no channel of numbers")
    refuse(files, "fan.tdms_index", "TDMS index", "nptdms", "the index of a TDMS file", "index")
    with h5py.File(files.path("refused/text.h5"), "w") as file:
        file.create_dataset("notes", data="door open", track_times=False)
    refuse(files, "text.h5", "HDF5", "h5py", "text alone", "no dataset of readings")
    scipy.io.savemat(files.path("refused/text.mat"), {"note": "door open"})
    refuse(files, "text.mat", "MAT 5", "scipy", "text alone", "note")
    np.savez(files.path("refused/text.npz"), note=np.array("door open"))
    refuse(files, "text.npz", "npz", "numpy", "text alone", "note")
    np.save(files.path("refused/object.npy"), np.array([{"x": 1}], dtype=object), allow_pickle=True)
    refuse(files, "object.npy", "npy", "numpy", "objects, which are pickles", "object")
    np.save(files.path("refused/complex.npy"), base[:, :2].copy().view("complex128"))
    refuse(files, "complex.npy", "npy", "numpy", "complex numbers", "complex")
