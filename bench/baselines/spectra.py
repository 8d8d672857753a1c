"""Features of many windows of 3 axes at once with NumPy, as one who has no judder would compute them.

Reads single precision from standard input, window by window and axis by axis; prints nanoseconds a window for each of
some rounds. Usage: spectra.py LENGTH
"""

import sys
import time

import numpy as np

AXES, LINES, ROUNDS = 3, 128, 9
length = int(sys.argv[1])
windows = np.frombuffer(sys.stdin.buffer.read(), np.float32).reshape(-1, AXES, length)
segments = -(-(length - LINES) // (LINES // 2)) + 1
starts = [at * (length - LINES) // max(segments - 1, 1) for at in range(segments)]
taper = np.hanning(LINES + 1)[:-1].astype(np.float32)
octaves = [0, 2, 4, 8, 16, 32]
bands = list(range(0, LINES // 2, LINES // 2 // 16))
upper = np.triu_indices(AXES)


def log_covariance(values):
    centered = values - values.mean(2, keepdims=True)
    covariance = centered @ centered.transpose(0, 2, 1) / values.shape[2]
    eigenvalues, vectors = np.linalg.eigh(covariance)
    logarithm = (vectors * np.log(eigenvalues)[:, None]) @ vectors.transpose(0, 2, 1)
    return logarithm[:, upper[0], upper[1]]


def features(values):
    parts = np.stack([values[:, :, start : start + LINES] for start in starts], 2)
    parts = (parts - parts.mean(3, keepdims=True)) * taper
    lines = np.fft.rfft(parts)[..., 1:]
    power = (lines.real**2 + lines.imag**2).sum(2)
    return np.concatenate(
        [
            log_covariance(values),
            log_covariance(np.diff(values)),
            np.log(np.add.reduceat(power.sum(1), octaves, 1)),
            np.log(np.add.reduceat(power, bands, 2)).reshape(len(values), -1),
        ],
        1,
    )


# So many at once as caches hold: quicker than all in one go.
blocks = [windows[at : at + 1024] for at in range(0, len(windows), 1024)]
features(blocks[0])
for _ in range(ROUNDS):
    start = time.perf_counter_ns()
    for block in blocks:
        features(block)
    print((time.perf_counter_ns() - start) / len(windows))
