"""Says what the tables of a history have, by SQLite itself: a line for each recording, each device, and how whole it is."""

import sqlite3
import sys

tables = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
for (said,) in tables.execute("PRAGMA integrity_check"):
    print("integrity", said, sep="\t")
for row in tables.execute("SELECT name, recordings FROM device"):
    print("device", *row, sep="\t")
for row in tables.execute(
    "SELECT name, ifnull(sequence, ''), ifnull(hex(numbers), '') FROM recording"
    " JOIN device ON device.id = recording.device LEFT JOIN readings ON readings.recording = recording.id"
):
    print("recording", *row, sep="\t")
