"""Rows of text, as most of the files of text are made of them."""

import numpy as np


def number(value):
    """The shortest decimal number that is exactly this one."""
    return repr(float(value))


def comma(value):
    """The same with a decimal comma."""
    return number(value).replace(".", ",")


def rows(*columns, sep=",", end="\n", form=number):
    """Lines of columns; each is an array of one or two dimensions, or a list of texts."""
    cells = []
    for column in columns:
        if isinstance(column, list):
            cells.append(column)
            continue
        column = np.asarray(column)
        for one in column.T if column.ndim == 2 else [column]:
            whole = np.issubdtype(one.dtype, np.integer)
            cells.append([str(int(v)) if whole else form(v) for v in one])
    assert len({len(one) for one in cells}) == 1
    return "".join(sep.join(row) + end for row in zip(*cells))


def clock(seconds, places=3):
    """A time of day: `01:59:00.000`."""
    units = round(seconds * 10**places)
    whole, part = divmod(units, 10**places)
    return f"{whole // 3600 % 24:02}:{whole // 60 % 60:02}:{whole % 60:02}.{part:0{places}}"
