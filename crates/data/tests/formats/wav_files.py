"""WAV: readings are parts of a full scale, which is given as an option."""

import struct
import wave

import numpy as np
import scipy.io.wavfile
import soundfile

from expected import recording

FORM = "WAV"


def write(files):
    base, coarse = files.truths["base3"], files.truths["coarse3"]
    by_soundfile(files, base, coarse)
    by_scipy(files, base, coarse)
    by_wave(files, base)
    by_hand(files, base)


def found(full_scale, truth="base3", rate=400.0, axes=3, **more):
    """A recording, and the options that tell its unit."""
    one = recording(truth, axes=[], rate=rate, unit="g", **more)
    return one, {"unit": "g", "full_scale": float(full_scale)}


def add(files, name, library, what, full_scale, **more):
    files.add(f"wav/{name}", FORM, library, what, *found(full_scale, **more))


def by_soundfile(files, base, coarse):
    """Integers are given as integers, so that nothing is rounded on the way."""
    counts = np.round(base / 16 * 2**31).astype("int32")
    for kind in ("PCM_24", "PCM_32"):
        soundfile.write(files.path(f"wav/{kind}.wav"), counts, 400, kind)
        add(files, f"{kind}.wav", "soundfile", kind, 16)
    soundfile.write(files.path("wav/PCM_16.wav"), np.round(base / 8 * 2**15).astype("int16"), 400, "PCM_16")
    add(files, "PCM_16.wav", "soundfile", "PCM_16", 8)
    soundfile.write(files.path("wav/PCM_U8.wav"), np.round(coarse / 2 * 2**15).astype("int16"), 400, "PCM_U8")
    add(files, "PCM_U8.wav", "soundfile", "PCM_U8", 2, truth="coarse3")
    for kind in ("FLOAT", "DOUBLE"):
        soundfile.write(files.path(f"wav/{kind}.wav"), base / 16, 400, kind)
        add(files, f"{kind}.wav", "soundfile", kind, 16)
    for form in ("WAVEX", "RF64"):
        for kind in ("PCM_16", "PCM_24", "FLOAT"):
            data = np.round(base / 8 * 2**31).astype("int32") if kind.startswith("PCM") else base / 8
            name = f"{form}-{kind}.wav"
            soundfile.write(files.path(f"wav/{name}"), data, 400, kind, format=form)
            add(files, name, "soundfile", f"{form}, {kind}", 8)
    for kind, data in (("PCM_16", np.round(base / 8 * 2**15).astype("int16")), ("FLOAT", base / 8)):
        soundfile.write(files.path(f"wav/RIFX-{kind}.wav"), data, 400, kind, "BIG", "WAV")
        add(files, f"RIFX-{kind}.wav", "soundfile", f"big-endian, {kind}", 8)
    # Integers that are written as floats are not scaled.
    soundfile.write(files.path("wav/counts.wav"), np.round(base * 4096).astype("int16"), 400, "FLOAT")
    files.add("wav/counts.wav", FORM, "soundfile", "FLOAT of counts", recording(axes=[], factor=4096.0))
    bearing = np.round(files.truths["bearing1"] / 8 * 2**15).astype("int16")
    soundfile.write(files.path("wav/bearing.wav"), bearing, 20000, "PCM_16")
    add(files, "bearing.wav", "soundfile", "one axis at 20 kHz, PCM_16", 8, truth="bearing1", rate=20000.0)
    # Its 7197 bytes of data have a byte of padding after them, and are followed by a chunk.
    with soundfile.SoundFile(files.path("wav/odd.wav"), "w", 400, 1, "PCM_24") as file:
        file.title = "fan"
        file.write(counts[:2399, 2])
    add(files, "odd.wav", "soundfile", "PCM_24, an odd number of bytes", 16, axes_of_truth=[2], rows=[0, 2399])
    # How loud it may be is not said: readings are parts of full scale.
    soundfile.write(files.path("wav/no-scale.wav"), base / 16, 400, "FLOAT")
    files.add("wav/no-scale.wav", FORM, "soundfile", "FLOAT, no full scale given", recording(axes=[], factor=1 / 16))


def by_scipy(files, base, coarse):
    for kind, scale in (("int16", 2**15), ("int32", 2**31)):
        data = np.round(base / 8 * scale).astype(kind)
        scipy.io.wavfile.write(files.path(f"wav/scipy-{kind}.wav"), 400, data)
        add(files, f"scipy-{kind}.wav", "scipy", kind, 8)
    for kind in ("float32", "float64"):
        scipy.io.wavfile.write(files.path(f"wav/scipy-{kind}.wav"), 400, (base / 8).astype(kind))
        add(files, f"scipy-{kind}.wav", "scipy", kind, 8)
    data = (np.round(coarse / 2 * 128) + 128).astype("uint8")
    scipy.io.wavfile.write(files.path("wav/scipy-uint8.wav"), 400, data)
    add(files, "scipy-uint8.wav", "scipy", "uint8", 2, truth="coarse3")
    # What is written in g, as floats beyond 1.
    scipy.io.wavfile.write(files.path("wav/scipy-in-g.wav"), 400, base.astype("float32"))
    one = recording(axes=[], unit="g")
    files.add("wav/scipy-in-g.wav", FORM, "scipy", "float32 in g", one, {"unit": "g", "full_scale": 1.0})


def by_wave(files, base):
    with wave.open(str(files.path("wav/wave-16.wav")), "wb") as file:
        file.setparams((3, 2, 400, 0, "NONE", ""))
        file.writeframes(np.round(base / 8 * 2**15).astype("<i2").tobytes())
    add(files, "wave-16.wav", "Python", "module wave, 16 bit", 8)
    whole = np.round(base / 16 * 2**23).astype("<i4")
    with wave.open(str(files.path("wav/wave-24.wav")), "wb") as file:
        file.setparams((3, 3, 400, 0, "NONE", ""))
        file.writeframes(whole.reshape(-1, 1).view("u1")[:, :3].tobytes())
    add(files, "wave-24.wav", "Python", "module wave, 24 bit", 16)


def by_hand(files, base):
    """What streams and recorders write."""
    data = np.round(base / 8 * 2**15).astype("<i2").tobytes()
    plain = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 3, 400, 2400, 6, 16)
    streamed = b"RIFF" + b"\xff" * 4 + b"WAVE" + plain + b"data" + b"\xff" * 4 + data
    files.path("wav/streamed.wav").write_bytes(streamed)
    add(files, "streamed.wav", "Python", "as a stream: lengths of 0xFFFFFFFF", 8)
    pad = b"LIST" + struct.pack("<I", 7) + b"INFOfan" + b"\0"
    body = b"WAVE" + pad + plain + b"bext" + struct.pack("<I", 602) + bytes(602) + b"data" + struct.pack("<I", len(data)) + data
    files.path("wav/chunks.wav").write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    add(files, "chunks.wav", "Python", "chunks before it, one of odd length", 8)
    # The 24 valid bits are the upper ones of 32.
    left = (np.round(base / 8 * 2**23).astype("<i4") << 8).astype("<i4").tobytes()
    guid = bytes.fromhex("0100000000001000800000aa00389b71")
    extensible = struct.pack("<4sIHHIIHHHHI", b"fmt ", 40, 0xFFFE, 3, 400, 4800, 12, 32, 22, 24, 0) + guid
    body = b"WAVE" + extensible + b"data" + struct.pack("<I", len(left)) + left
    files.path("wav/24-in-32.wav").write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    add(files, "24-in-32.wav", "Python", "24 bits in 32", 8)
