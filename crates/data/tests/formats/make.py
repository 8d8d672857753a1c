"""Writes recordings with the libraries that people have, and what must be read from them.

    python make.py OUT

`requirements.txt` has the libraries; `expected.py` says what `OUT/expected.json` holds. Readings and `expected.json` are the same
each time; some libraries put the time of writing into their files.
"""

import sys

import arrow_files
import hdf5_files
import instrument_files
import json_files
import matlab_files
import numpy_files
import parquet_files
import refused_files
import sheet_files
import text_forms
import text_frames
import text_times
import text_tools
import wav_files
from expected import Files
from truths import truths

PARTS = (
    text_times,
    text_forms,
    text_tools,
    text_frames,
    wav_files,
    matlab_files,
    hdf5_files,
    numpy_files,
    parquet_files,
    arrow_files,
    instrument_files,
    sheet_files,
    json_files,
    refused_files,
)


def main():
    files = Files(sys.argv[1], truths())
    if files.out.exists() and any(files.out.iterdir()):
        # Some libraries add to what is there.
        sys.exit(f"{files.out} is not empty")
    for part in PARTS:
        part.write(files)
    files.finish()
    print(f"{len(files.entries)} files and folders")


if __name__ == "__main__":
    main()
