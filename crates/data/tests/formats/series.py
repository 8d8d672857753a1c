"""Columns that files of tables are made of."""

import numpy as np
import pyarrow

from expected import XYZ

STEP = np.arange(2400)
HUNDRED = {"rate": 100.0}


def vectors(base, kind=None):
    """The axes by their names."""
    return {name: base[:, at].astype(kind or base.dtype) for at, name in enumerate(XYZ)}


def counts(base, kind):
    return np.round(base * 4096).astype(kind)


def table_of(base, kind=None, time=None):
    """A table of a time, in ms if it is not given, and three axes."""
    time = pyarrow.array(STEP * 10, pyarrow.timestamp("ms")) if time is None else time
    return pyarrow.table({"time": time} | vectors(base, kind))
