//! Long files by pieces: what comes of them is what comes of the whole.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::Path;

use judder_data::{Cut, DataError, Piece, Recording, Source, Step, map_pieces, sources};

fn source(path: &Path) -> Source {
    sources(path).unwrap().remove(0)
}

/// All pieces, by as many threads.
fn pieces(path: &Path, cut: Cut, threads: usize) -> (Vec<Piece>, Option<DataError>) {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let mut all = Vec::new();
    let mut failed = None;
    pool.install(|| {
        map_pieces(&[source(path)], cut, Piece::clone, |step| {
            match step {
                Step::Piece { result, .. } => all.push(result),
                Step::End { outcome, .. } => failed = outcome.err(),
            }
            ControlFlow::Continue(())
        });
    });
    (all, failed)
}

/// The recordings that pieces make up, held to be those of one window after the other.
fn wholes(pieces: &[Piece], cut: Cut) -> Vec<(String, Recording)> {
    let mut all: Vec<(String, Recording, Vec<Vec<f64>>)> = Vec::new();
    let mut ended = true;
    for piece in pieces {
        assert_eq!(piece.start == 0, ended, "{}", piece.start);
        ended = piece.last;
        assert_eq!(piece.start % cut.hop(), 0);
        if piece.start == 0 {
            let axes = vec![Vec::new(); piece.recording.axes()];
            all.push((piece.path.display().to_string(), piece.recording.clone(), axes));
        }
        let (_, first, axes) = all.last_mut().unwrap();
        assert_eq!(piece.recording.rate_hz(), first.rate_hz());
        assert_eq!(piece.recording.unit(), first.unit());
        for (to, from) in axes.iter_mut().zip(piece.recording.iter_axes()) {
            assert_eq!(to.len(), piece.start + piece.fresh);
            assert_eq!(to[piece.start..], from[..piece.fresh]);
            to.extend_from_slice(&from[piece.fresh..]);
        }
    }
    assert!(ended);
    all.into_iter()
        .map(|(path, first, axes)| {
            let (count, len) = (axes.len(), axes[0].len());
            let values = axes.concat();
            let whole = Recording::from_axes(count, len, values).unwrap();
            (path, whole.with_rate(first.rate_hz()).with_unit(first.unit()))
        })
        .collect()
}

/// Where the windows of a piece start in the whole.
fn starts(piece: &Piece, cut: Cut) -> Vec<usize> {
    let len = piece.recording.len();
    let count = if len < cut.window() { 0 } else { (len - cut.window()) / cut.hop() + 1 };
    (0..count).map(|index| piece.start + index * cut.hop()).collect()
}

/// Holds the pieces of a file to the whole, for many cuts and numbers of threads; how many there were.
fn hold(path: &Path, cuts: &[(usize, usize)]) -> usize {
    let whole = source(path).read(&mut Vec::new()).unwrap();
    let mut most = 0;
    for &(window, hop) in cuts {
        let cut = Cut::new(window, hop);
        let (one, failed) = pieces(path, cut, 1);
        assert!(failed.is_none(), "{failed:?}");
        let (three, _) = pieces(path, cut, 3);
        assert_eq!(one, three);
        let one_by_one: Vec<Piece> =
            source(path).pieces(cut).unwrap().map(Result::unwrap).collect();
        assert_eq!(one, one_by_one);
        let found = wholes(&one, cut);
        assert_eq!(found.len(), whole.len());
        for ((path, found), whole) in found.iter().zip(&whole) {
            assert_eq!(*path, whole.path.display().to_string());
            assert_eq!(found.rate_hz(), whole.recording.rate_hz());
            assert_eq!(found.unit(), whole.recording.unit());
            assert!(found.values() == whole.recording.values(), "{path} differs");
            let len = whole.recording.len();
            let count = if len < window { 0 } else { (len - window) / hop + 1 };
            let windows: Vec<usize> = one
                .iter()
                .filter(|piece| piece.path == whole.path)
                .flat_map(|piece| starts(piece, cut))
                .collect();
            assert_eq!(windows, (0..count).map(|index| index * hop).collect::<Vec<_>>());
            let empty = |piece: &&Piece| starts(piece, cut).is_empty() && piece.path == whole.path;
            assert_eq!(one.iter().filter(empty).count(), usize::from(len < window));
        }
        most = most.max(one.len());
    }
    most
}

/// Readings like those of a sensor, in steps of 1/2048.
fn reading(row: usize, axis: usize) -> f64 {
    let turn = (row * 7919 + axis * 104_729) % 8191;
    (turn as f64 - 4095.0) / 2048.0
}

fn rows(count: usize, row: impl Fn(usize) -> String) -> String {
    (0..count).map(row).collect()
}

/// Windows and hops.
const CUTS: [(usize, usize); 5] = [(1, 1), (200, 100), (7, 1000), (30_000, 1), (50_000, 30_000)];

const ROWS: usize = 70_000;

#[test]
fn texts_of_each_kind_are_those_of_the_whole() {
    let folder = tempfile::tempdir().unwrap();
    let row = |at: usize, by: &str| -> String {
        (0..3).map(|axis| reading(at, axis).to_string()).collect::<Vec<_>>().join(by)
    };
    let texts = [
        ("plain.csv", rows(ROWS, |at| row(at, ", ") + "\n")),
        ("dos.csv", rows(ROWS, |at| row(at, ",") + "\r\n")),
        (
            "header.csv",
            "ax [mg],ay [mg],az [mg]\n".to_owned() + &rows(ROWS, |at| row(at, ",") + "\n"),
        ),
        ("semicolons.txt", rows(ROWS, |at| row(at, "; ").replace('.', ",") + "\n")),
        ("tabs.tsv", "# a comment\n\n".to_owned() + &rows(ROWS, |at| row(at, "\t") + "\n")),
        ("quoted.csv", rows(ROWS, |at| format!("\"{}\",1.5\n", reading(at, 0)))),
        (
            "comments.csv",
            rows(ROWS, |at| {
                let comment = if at % 1000 == 0 { "# here\n\n" } else { "" };
                comment.to_owned() + &row(at, ",") + "\n"
            }),
        ),
        ("no_end.csv", rows(ROWS, |at| row(at, ",") + "\n").trim_end().to_owned()),
        ("time.csv", rows(ROWS, |at| format!("{},{}\n", at as f64 / 400.0, row(at, ",")))),
        (
            "named.csv",
            "x,time_ms\n".to_owned() + &rows(ROWS, |at| format!("{},{}\n", reading(at, 0), at * 5)),
        ),
        // It counts, and then starts again: no time.
        ("counts.csv", rows(ROWS, |at| format!("{},{}\n", at % 100_000, row(at, ",")))),
        ("short.csv", rows(50, |at| row(at, ",") + "\n")),
    ];
    for (name, text) in texts {
        let path = folder.path().join(name);
        fs::write(&path, &text).unwrap();
        let count = hold(&path, if name == "plain.csv" { &CUTS } else { &CUTS[1..3] });
        assert!(count > 1 || ["short.csv", "named.csv", "quoted.csv"].contains(&name), "{name}");
        let packed = folder.path().join(format!("{name}.gz"));
        let mut to = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        to.write_all(text.as_bytes()).unwrap();
        fs::write(&packed, to.finish().unwrap()).unwrap();
        assert!(hold(&packed, &CUTS[1..2]) >= count - 1);
    }
    let all = sources(folder.path()).unwrap();
    assert_eq!(all.len(), 24);
    let rate = |name: &str| {
        source(&folder.path().join(name)).read(&mut Vec::new()).unwrap()[0].recording.rate_hz()
    };
    assert_eq!(
        [rate("time.csv"), rate("named.csv"), rate("counts.csv.gz")],
        [Some(400.0), Some(200.0), None]
    );
}

/// What a whole read says is wrong, the pieces say too, whatever came before.
#[test]
fn what_is_wrong_is_what_a_whole_read_says() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("one.csv");
    let good = rows(ROWS, |at| format!("{},{}\n", reading(at, 0), reading(at, 1)));
    let with = |bad: &str| {
        let (before, after) = good.split_at(good.len() / 2);
        let (line, rest) = after.split_once('\n').unwrap();
        format!("{before}{line}\n{bad}\n{rest}")
    };
    let long = "1".repeat(300_000);
    let times = |text: &str| -> String {
        text.lines().enumerate().map(|(at, line)| format!("{at},{line}\n")).collect()
    };
    let wide = rows(60_000, |at| format!("{}\n", vec![reading(at, 0).to_string(); 9].join(",")));
    for (text, expected) in [
        (with("1,2,3"), "line 35003: 3"),
        (with("1,oops"), "`oops` is not a number"),
        (with("1,nan"), "not a finite number"),
        (with("1,\u{1}"), "is not a text file (byte 0x01 in line 35003"),
        (with(&long), "longer than 262144 bytes"),
        (with(&format!("0.{long},1")), "longer than 262144 bytes"),
        (times(&with("1,oops")), "`oops` is not a number"),
        (format!("{good}1"), "line 70001: 1 column"),
        (wide.clone(), "has 9 columns"),
        (format!("x [mg],y [g]\n{good}"), "are not of one unit"),
        (format!("{good}oops\n1,2\n"), "line 70001: 1 column"),
    ] {
        fs::write(&path, text).unwrap();
        let whole = source(&path).read(&mut Vec::new()).unwrap_err().to_string();
        assert!(whole.contains(expected), "{whole:.300} is not {expected}");
        for threads in [1, 3] {
            let (_, failed) = pieces(&path, Cut::new(128, 64), threads);
            assert_eq!(failed.unwrap().to_string(), whole);
        }
    }
}

fn npy(descr: &str, fortran: bool, shape: &str, numbers: &[u8]) -> Vec<u8> {
    let order = if fortran { "True" } else { "False" };
    let mut header =
        format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}");
    while (header.len() + 11) % 64 != 0 {
        header.push(' ');
    }
    header.push('\n');
    let mut file = b"\x93NUMPY\x01\x00".to_vec();
    file.extend((header.len() as u16).to_le_bytes());
    file.extend(header.as_bytes());
    file.extend(numbers);
    file
}

/// Every type and order, in files and archives.
#[test]
fn arrays_of_each_kind_are_those_of_the_whole() {
    let folder = tempfile::tempdir().unwrap();
    let of = |count: usize, to: &dyn Fn(i16) -> Vec<u8>| -> Vec<u8> {
        (0..count).flat_map(|at| to((at * 7919 % 8191) as i16 - 4095)).collect()
    };
    let f8 = |x: i16| (f64::from(x) / 2048.0).to_le_bytes().to_vec();
    let big = 400_000;
    let arrays = [
        ("f8", npy("<f8", false, "(130000, 3)", &of(390_000, &f8))),
        ("wide", npy("<f8", false, "(3, 130000)", &of(390_000, &f8))),
        ("wider", npy("<f8", false, "(3, 400000)", &of(3 * big, &f8))),
        ("fortran", npy("<f8", true, "(400000, 3)", &of(3 * big, &f8))),
        ("fortran_wide", npy("<f8", true, "(3, 130000)", &of(390_000, &f8))),
        (
            "f4",
            npy("<f4", false, "(300000,)", &of(300_000, &|x| f32::from(x).to_le_bytes().into())),
        ),
        ("i2", npy(">i2", false, "(300000, 2)", &of(600_000, &|x| x.to_be_bytes().into()))),
        (
            "i4",
            npy("<i4", false, "(150000, 2)", &of(300_000, &|x| i32::from(x).to_le_bytes().into())),
        ),
        (
            "i8",
            npy(">i8", true, "(100000, 2)", &of(200_000, &|x| i64::from(x).to_be_bytes().into())),
        ),
        ("u1", npy("|u1", false, "(700000, 2)", &of(1_400_000, &|x| vec![x as u8]))),
        (
            "many",
            npy(
                "<f4",
                false,
                "(700, 200, 3)",
                &of(420_000, &|x| f32::from(x).to_le_bytes().into()),
            ),
        ),
        ("many_wide", npy("<f8", false, "(40, 2, 3000)", &of(240_000, &f8))),
        ("several", npy("<f8", false, "(2, 400000, 3)", &of(6 * big, &f8))),
        ("several_wide", npy("<f8", false, "(2, 3, 400000)", &of(6 * big, &f8))),
        ("interleaved", npy("<f8", true, "(5, 30000, 2)", &of(300_000, &f8))),
        ("few", npy("<f8", false, "(5, 3)", &of(15, &f8))),
    ];
    for (name, array) in &arrays {
        let path = folder.path().join(format!("{name}.npy"));
        fs::write(&path, array).unwrap();
        let count = hold(&path, &CUTS[1..3]);
        assert!(count > 1 || *name == "few", "{name}");
    }
    for method in [zip::CompressionMethod::Stored, zip::CompressionMethod::Deflated] {
        let path = folder.path().join("all.npz");
        let mut to = zip::ZipWriter::new(fs::File::create(&path).unwrap());
        for (name, array) in arrays.iter().filter(|(name, _)| *name != "interleaved") {
            let options = zip::write::SimpleFileOptions::default().compression_method(method);
            to.start_file(format!("{name}.npy"), options).unwrap();
            to.write_all(array).unwrap();
        }
        to.finish().unwrap();
        assert!(hold(&path, &CUTS[1..2]) > 1);
        // A byte of the first array that is another.
        let mut bytes = fs::read(&path).unwrap();
        bytes[100_000] ^= 0x10;
        fs::write(&path, bytes).unwrap();
        assert!(source(&path).read(&mut Vec::new()).is_err());
        assert!(pieces(&path, Cut::readings(), 2).1.is_some());
    }
}

/// A number that is none is told as of the whole, whatever the order of the array.
#[test]
fn a_number_of_an_array_that_is_not_finite_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("one.npy");
    for (shape, fortran) in [
        ("(400000, 3)", false),
        ("(3, 400000)", false),
        ("(400000, 3)", true),
        ("(3, 400000)", true),
        ("(4, 100000, 3)", false),
        ("(4, 3, 100000)", false),
        ("(1200000,)", false),
    ] {
        let mut numbers = vec![0u8; 9_600_000];
        for at in [700_001, 500_000, 1_000_001] {
            numbers[at * 8..][..8].copy_from_slice(&f64::NAN.to_le_bytes());
        }
        fs::write(&path, npy("<f8", fortran, shape, &numbers)).unwrap();
        let whole = source(&path).read(&mut Vec::new()).unwrap_err().to_string();
        assert!(whole.contains("not finite, at element"), "{whole}");
        let (_, failed) = pieces(&path, Cut::readings(), 2);
        assert_eq!(failed.unwrap().to_string(), whole);
    }
}

/// Short and long ones, and what cannot be read, in one go.
#[test]
fn sources_come_in_their_order() {
    let folder = tempfile::tempdir().unwrap();
    for at in 0..60 {
        let count = if at % 17 == 5 { 30_000 } else { 50 };
        let text =
            rows(count, |row| format!("{},{},{},{at}\n", reading(row, 0), reading(row, 1), 7));
        let bad = if at % 11 == 3 { "1,2,oops,3\n" } else { "" };
        fs::write(folder.path().join(format!("{at}.csv")), text + bad).unwrap();
    }
    let sources = sources(folder.path()).unwrap();
    let run = |threads: usize, most: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let mut told = Vec::new();
        pool.install(|| {
            let last = |piece: &Piece| (piece.start, piece.recording.axis(3)[0]);
            map_pieces(&sources, Cut::new(128, 128), last, |step| {
                told.push(match step {
                    Step::Piece { source, result, .. } => format!("{source} {result:?}"),
                    Step::End { source, outcome: Ok(()) } => format!("{source} read"),
                    Step::End { source, outcome: Err(error) } => format!("{source} {error}"),
                });
                if told.len() == most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            });
        });
        told
    };
    let all = run(1, usize::MAX);
    assert_eq!(all, run(4, usize::MAX));
    assert_eq!(all[..100], run(3, 100));
    let ends: Vec<&String> = all.iter().filter(|one| !one.contains('(')).collect();
    assert_eq!(ends.len(), 60);
    for (at, end) in ends.iter().enumerate() {
        assert!(end.starts_with(&format!("{at} ")), "{end}");
        assert_eq!(end.ends_with("read"), at % 11 != 3, "{end}");
    }
    let of =
        |source: usize| all.iter().filter(|one| one.starts_with(&format!("{source} ("))).count();
    assert_eq!([of(0), of(5), of(22), of(3)], [1, 1, 1, 0]);
}
