"""XLSX by openpyxl and pandas."""

import datetime

import numpy as np
import openpyxl
import pandas

from expected import XYZ, recording

FORM = "XLSX"
# Sheets are slow to write.
ROWS = 600
START = datetime.datetime(2026, 5, 1, 12, 0, 0)


def write(files):
    base = files.truths["base3"][:ROWS]
    step = np.arange(ROWS)
    by_openpyxl(files, base, step)
    by_pandas(files, base, step)
    empty = openpyxl.Workbook()
    empty.active.append(["nothing", "to", "see"])
    save(empty, files, "text")
    files.refuse("xlsx/text.xlsx", FORM, "openpyxl", "no numbers", "number")


def save(book, files, name):
    book.properties.created = book.properties.modified = START
    book.save(files.path(f"xlsx/{name}.xlsx"))


def part(**more):
    return recording(rows=[0, ROWS], **{"rate": 100.0} | more)


def by_openpyxl(files, base, step):
    def put(name, what, sheets, one, options=None, **more):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title, lines in sheets.items():
            sheet = book.create_sheet(title)
            for line in lines:
                sheet.append(list(line))
        save(book, files, name)
        files.add(f"xlsx/{name}.xlsx", FORM, "openpyxl", what, one, options, **more)

    names = ["time [ms]", *XYZ]
    timed = [[int(k) * 10, *map(float, row)] for k, row in zip(step, base)]
    put("header", "a header, time in ms", {"Sheet1": [names, *timed]}, part())
    put("no-header", "no header", {"Sheet1": timed}, part(axes=[]))
    top = [["Messung", "Motor 3"], ["Datum", START], [], ["Zeit", "X", "Y", "Z"], ["ms", "g", "g", "g"]]
    put("preamble", "a preamble, and a row of units", {"Messung": [*top, *timed]}, part(axes=("X", "Y", "Z"), unit="g"))
    dates = [[START + datetime.timedelta(milliseconds=int(k) * 10), *row[1:]] for k, row in zip(step, timed)]
    put("dates", "dates with ms", {"Sheet1": [["time", *XYZ], *dates]}, part(within=1e-4))
    other = files.truths["other3"][:ROWS]
    second = [[int(k) * 10, *map(float, row)] for k, row in zip(step, other)]
    two = [part(inside="idle"), part(truth="other3", inside="run")]
    put("two-sheets", "two sheets", {"idle": [names, *timed], "run": [names, *second]}, two)
    put("notes-first", "a sheet of notes before it", {"Notes": [["door open"]], "Data": [names, *timed]}, part())
    worded = [[*row, "idle" if k < 300 else "run"] for k, row in zip(step, timed)]
    halves = [
        recording(rows=[0, 300], rate=100.0, label="idle"),
        recording(rows=[300, 600], rate=100.0, label="run", inside="run/300"),
    ]
    put("label", "a column of words as label", {"Sheet1": [[*names, "state"], *worded]}, halves, {"label_column": "state"})
    texts = [[row[0], *map(str, row[1:])] for row in timed]
    put("numbers-as-text", "numbers that are stored as text", {"Sheet1": [names, *texts]}, part())
    offset = [[None, None, None, None, None], [None, *names], *([None, *row] for row in timed)]
    put("offset", "a table that begins at B2", {"Sheet1": offset}, part())
    rated = [list(map(float, row)) for row in base]
    put("rate", "x, y, z alone, rate given", {"Sheet1": [list(XYZ), *rated]}, part(rate=400.0), {"rate": 400.0})


def by_pandas(files, base, step):
    frame = pandas.DataFrame({"time": step * 10} | {name: base[:, at] for at, name in enumerate(XYZ)})
    frame.to_excel(files.path("xlsx/pandas.xlsx"))
    files.add("xlsx/pandas.xlsx", FORM, "pandas", "to_excel with its index", part())
    frame.to_excel(files.path("xlsx/pandas-plain.xlsx"), index=False)
    files.add("xlsx/pandas-plain.xlsx", FORM, "pandas", "to_excel without index", part())
    dated = frame.assign(time=pandas.date_range("2026-05-01", periods=ROWS, freq="10ms"))
    dated.to_excel(files.path("xlsx/pandas-dates.xlsx"), index=False)
    files.add("xlsx/pandas-dates.xlsx", FORM, "pandas", "to_excel, dates", part(within=1e-4))
