//! Formats that are not read: told by name, with a way out.

use crate::error::Problem;

/// A way to say that a file is of a format: bytes that stand somewhere at its beginning.
struct Known {
    at: usize,
    bytes: &'static [u8],
    name: &'static str,
    way: &'static str,
}

const AUDIO: &str = "convert it to WAV (ffmpeg -i FILE out.wav)";
const TABLE: &str = "export it as CSV or Parquet";

const KNOWN: &[Known] = &[
    Known { at: 0, bytes: b"fLaC", name: "FLAC", way: AUDIO },
    Known { at: 0, bytes: b"OggS", name: "Ogg", way: AUDIO },
    Known { at: 0, bytes: b"ID3", name: "MP3", way: AUDIO },
    Known { at: 8, bytes: b"AIFF", name: "AIFF", way: AUDIO },
    Known { at: 8, bytes: b"AIFC", name: "AIFF", way: AUDIO },
    Known { at: 0, bytes: b"riff\x2E\x91\xCF\x11", name: "Wave64", way: AUDIO },
    Known { at: 0, bytes: b"caff", name: "CAF", way: AUDIO },
    Known { at: 0, bytes: b".snd", name: "AU", way: AUDIO },
    Known { at: 4, bytes: b"ftyp", name: "MP4", way: AUDIO },
    Known {
        at: 0,
        bytes: b"MDF     ",
        name: "MDF",
        way: "export it as CSV, Parquet or MAT (asammdf does)",
    },
    Known {
        at: 0,
        bytes: b"SQLite format 3\0",
        name: "SQLite",
        way: "export the table as CSV (sqlite3 -csv -header)",
    },
    Known { at: 0, bytes: b"#ROSBAG", name: "ROS bag", way: TABLE },
    Known { at: 0, bytes: b"\x89MCAP", name: "MCAP", way: TABLE },
    Known {
        at: 0,
        bytes: b"FEA1",
        name: "Feather version 1",
        way: "write it anew with version 2, or as Parquet",
    },
    Known { at: 0, bytes: b"Obj\x01", name: "Avro", way: TABLE },
    Known { at: 0, bytes: b"ORC", name: "ORC", way: TABLE },
    Known {
        at: 0,
        bytes: b"CDF\x01",
        name: "NetCDF 3",
        way: "save it as NetCDF 4, which is HDF5 (nccopy -k nc4)",
    },
    Known {
        at: 0,
        bytes: b"CDF\x02",
        name: "NetCDF 3",
        way: "save it as NetCDF 4, which is HDF5 (nccopy -k nc4)",
    },
    Known { at: 0, bytes: b"SIMPLE  =", name: "FITS", way: TABLE },
    Known { at: 0, bytes: b"RDX", name: "R data", way: "write it as CSV (write.csv)" },
    Known { at: 0, bytes: b"X\n\0\0\0", name: "R data", way: "write it as CSV (write.csv)" },
    Known { at: 0, bytes: b"<stata_dta>", name: "Stata", way: TABLE },
    Known { at: 0, bytes: b"r\x02\x01\0", name: "Stata", way: TABLE },
    Known { at: 0, bytes: b"s\x02\x01\0", name: "Stata", way: TABLE },
    Known { at: 0, bytes: b"$FL2", name: "SPSS", way: TABLE },
    Known {
        at: 0,
        bytes: b"\x89PNG",
        name: "PNG picture",
        way: "give the readings, not a picture of them",
    },
    Known {
        at: 0,
        bytes: b"\xFF\xD8\xFF",
        name: "JPEG picture",
        way: "give the readings, not a picture of them",
    },
    Known { at: 0, bytes: b"%PDF", name: "PDF", way: TABLE },
    Known { at: 0, bytes: b"7z\xBC\xAF\x27\x1C", name: "7-Zip", way: "unpack it" },
    Known {
        at: 0,
        bytes: b"BZh",
        name: "bzip2",
        way: "unpack it (bunzip2), or compress it by gzip or Zstandard",
    },
    Known {
        at: 0,
        bytes: b"\xFD7zXZ",
        name: "xz",
        way: "unpack it (unxz), or compress it by gzip or Zstandard",
    },
    Known { at: 257, bytes: b"ustar", name: "tar", way: "unpack it (tar -xf)" },
    Known {
        at: 0,
        bytes: b"\x80\x02",
        name: "pickle",
        way: "write it as .npz, CSV or Parquet: a pickle may run code",
    },
    Known {
        at: 0,
        bytes: b"\x80\x03",
        name: "pickle",
        way: "write it as .npz, CSV or Parquet: a pickle may run code",
    },
    Known {
        at: 0,
        bytes: b"\x80\x04",
        name: "pickle",
        way: "write it as .npz, CSV or Parquet: a pickle may run code",
    },
    Known {
        at: 0,
        bytes: b"\x80\x05",
        name: "pickle",
        way: "write it as .npz, CSV or Parquet: a pickle may run code",
    },
];

/// What is said of a file that begins with these bytes, if it is of a format that is known and not read.
pub(crate) fn told(head: &[u8]) -> Option<Problem> {
    let is =
        |known: &&Known| head.get(known.at..).is_some_and(|rest| rest.starts_with(known.bytes));
    let known = KNOWN.iter().find(is)?;
    Some(Problem::Unread { format: known.name, way: known.way })
}
