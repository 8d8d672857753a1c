"""What was written, and what must be read from it.

An entry of `expected.json` has `file`, `format`, `library`, `what`, `options`, and `recordings` or `refused`. Beyond what
their names say:

- `inside`: what the recording is called in its file, or the file in its folder; after a hole, the row it begins at: `[1200]`.
- a reading in the file is that of `truth`, at `rows` and `axes_of_truth`, times `factor`, off by `tolerance` at the most.
- `options` are those of the command line; `axes_apart` says that a signal in a line has one axis after the other.
- `unit` is null where the file does not name it, `rate_hz` where it does not tell it.
- `may_be_cut_at`: rows where it is right too to begin another recording.
- `rate_may_be`: a rate that stands in the file in words of its own, and may be found or not.
- `finding`: `hole` or `jitter`, which a look at quality must tell.
- `taken_unix`: when the first reading was taken, in s since 1970, where the file tells it with its zone.
- `left_out`: columns that must not become axes.
- `folder_rate_hz`: the rate of all recordings together, within `folder_rate_tolerance`.
"""

import importlib.metadata
import json
import platform
from pathlib import Path

import numpy as np

XYZ = ("x", "y", "z")
# Standard gravity in m/s^2.
GRAVITY = 9.80665


def recording(truth="base3", rows=None, axes=XYZ, rate=400.0, unit=None, within=1e-6, **more):
    """What must be read as one recording."""
    return {"truth": truth, "rows": rows, "axes": list(axes), "rate_hz": rate, "unit": unit, "rate_tolerance": within} | more


class Files:
    """The folder that is written, and what is known of its files."""

    def __init__(self, out, truths):
        self.out = Path(out)
        self.truths = truths
        self.entries = []

    def path(self, name):
        """Where a file goes; its folder exists afterwards."""
        path = self.out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def text(self, name, text, encoding="utf-8"):
        """Writes a text as it is, line ends included."""
        self.path(name).write_bytes(text.encode(encoding))

    def add(self, name, form, library, what, recordings, options=None, **more):
        """A file, or a folder, that must be read as these recordings."""
        recordings = [recordings] if isinstance(recordings, dict) else list(recordings)
        whole = [self.completed(one) for one in recordings]
        self.entry(name, form, library, what, options, {"recordings": whole} | more)

    def refuse(self, name, form, library, what, word, options=None):
        """A file that must be refused with a message that holds this text."""
        self.entry(name, form, library, what, options, {"refused": word})

    def entry(self, name, form, library, what, options, more):
        assert self.path(name).exists(), f"{name} was not written"
        assert all(name != one["file"] for one in self.entries), f"{name} is there twice"
        head = {"file": name, "format": form, "library": library, "what": what, "options": options or {}}
        self.entries.append(head | more)

    def completed(self, one):
        truth = self.truths[one["truth"]]
        rows = one["rows"] or [0, len(truth)]
        axes = one.get("axes_of_truth", list(range(truth.shape[1])))
        assert 0 <= rows[0] < rows[1] <= len(truth)
        assert not one["axes"] or len(one["axes"]) == len(axes), one
        usual = {"inside": "", "factor": 1.0, "tolerance": 0.0, "label": None, "axes_of_truth": axes}
        return usual | one | {"rows": list(rows)}

    def finish(self):
        """Writes the truths and `expected.json`."""
        for name, truth in self.truths.items():
            np.save(self.path(f"truth/{name}.npy"), truth)
        used = {one["library"] for one in self.entries}
        versions = {name: version_of(name) for name in sorted(used)}
        whole = {"libraries": versions, "files": self.entries}
        self.path("expected.json").write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def version_of(library):
    return platform.python_version() if library == "Python" else importlib.metadata.version(library)
