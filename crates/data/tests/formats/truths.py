"""Readings made by a formula: tones, noise of a fixed seed, and gravity on z.

They stand on a grid of powers of two, so that counts, floats of 32 and 64 bits and decimal text all hold them exactly.
"""

import numpy as np


def signal(rows, rate, axes, seed, grid, gravity=True):
    """`rows` readings of `axes` axes in g, in steps of 1 / `grid`."""
    noise = np.random.default_rng(seed).normal(0.0, 0.02, (rows, axes))
    time = np.arange(rows)[:, None] / rate
    axis = np.arange(axes)[None, :]
    tones = 0.1 * np.sin(2 * np.pi * 29.3 * time + axis) + 0.06 * np.sin(2 * np.pi * 61.7 * time * (1 + 0.1 * axis))
    readings = tones + noise
    if gravity:
        readings[:, 2] += 0.98
    return np.round(readings * grid) / grid + 0.0


def truths():
    """All of them by name."""
    base3 = signal(2400, 400.0, 3, 21, 4096)
    rotation = np.round(signal(2400, 400.0, 3, 22, 4096, gravity=False) * 200 * 16) / 16 + 0.0
    return {
        "base3": base3,
        # In steps that six decimals hold.
        "coarse3": signal(2400, 400.0, 3, 23, 64),
        "other3": signal(2400, 400.0, 3, 24, 4096),
        # Three axes in g, three in degrees a second.
        "acc6": np.hstack([base3, rotation]),
        "bearing1": signal(20000, 20000.0, 1, 25, 4096, gravity=False),
        "bearing2": signal(5120, 25600.0, 2, 26, 4096, gravity=False),
    }
