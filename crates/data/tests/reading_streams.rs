//! Reading from any stream: in any chunks, without end, interrupted; and what was written.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::io::{self, Cursor, ErrorKind, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use judder_data::{LineProblem, Problem, Recording, load, read_text, store};
use proptest::prelude::*;

/// Gives the bytes in chunks of these lengths, over and over, and interrupts now and then.
struct Chunks {
    bytes: Cursor<Vec<u8>>,
    lengths: Vec<usize>,
    turn: usize,
}

impl Read for Chunks {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        self.turn += 1;
        if self.turn % 7 == 3 {
            return Err(ErrorKind::Interrupted.into());
        }
        let length = self.lengths[self.turn % self.lengths.len()].min(to.len());
        self.bytes.read(&mut to[..length])
    }
}

fn outcome(source: impl Read + Send + 'static) -> Result<Vec<(String, Recording)>, String> {
    read_text(source, &mut Vec::new()).map_err(|problem| problem.to_string())
}

fn bytes(text: &str) -> Cursor<Vec<u8>> {
    Cursor::new(text.as_bytes().to_vec())
}

/// Lines that are mostly readings, in a few layouts, some of them damaged.
fn texts() -> impl Strategy<Value = String> {
    let delimiter = prop::sample::select(vec![", ", ",", ";", "\t", " "]);
    let lines = prop::collection::vec((any::<i16>(), any::<i16>(), 0u8..60), 0..80);
    let head = prop::sample::select(vec!["", "x,y\n", "x;y\n", "# c\n\n", "\u{feff}time_ms, x\n"]);
    let end = prop::sample::select(vec!["\n", "\r\n"]);
    (delimiter, lines, head, end).prop_map(|(delimiter, lines, head, end)| {
        let line = |&(x, y, kind): &(i16, i16, u8)| match kind {
            0 => "# comment".to_owned(),
            1 => String::new(),
            2 => format!("{x}{delimiter}oops"),
            3 => format!("{x}"),
            4 => format!("{x}{delimiter}{y}{delimiter}"),
            _ => format!("{}{delimiter}{}", f64::from(x) / 2048.0, f64::from(y) / 1e3),
        };
        let body: Vec<String> = lines.iter().map(line).collect();
        head.to_owned() + &body.join(end)
    })
}

proptest! {
    #[test]
    fn chunks_do_not_matter(text in texts(), lengths in prop::collection::vec(1usize..40, 1..6)) {
        let chunks = Chunks { bytes: bytes(&text), lengths, turn: 0 };
        prop_assert_eq!(outcome(chunks), outcome(bytes(&text)));
    }

    #[test]
    fn what_is_written_reads_back_bit_by_bit(
        (axes, len) in (1usize..=8, 1usize..40),
        bits in prop::collection::vec(any::<u64>(), 8 * 40),
        plain in any::<bool>(),
    ) {
        let value = |&bits: &u64| match f64::from_bits(bits) {
            any if any.is_finite() && !plain => any,
            _ => f64::from(bits as i16) / 2048.0,
        };
        let values: Vec<f64> = bits.iter().map(value).take(axes * len).collect();
        let recording = Recording::from_axes(axes, len, values).unwrap();
        let folder = tempfile::tempdir().unwrap();
        store::write_folder(folder.path(), std::slice::from_ref(&recording), |_, e| e).unwrap();
        let (read, errors) = load(folder.path()).unwrap();
        prop_assert!(errors.is_empty(), "{:?}", errors);
        prop_assert_eq!(read[0].recording.axes(), axes);
        let bits = |r: &Recording| r.values().iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        prop_assert_eq!(bits(&read[0].recording), bits(&recording));
    }
}

/// Digits, or what else, for ever.
#[derive(Clone)]
struct Endless {
    pattern: &'static [u8],
    given: Arc<AtomicUsize>,
}

impl Endless {
    fn of(pattern: &'static [u8]) -> Self {
        Self { pattern, given: Arc::default() }
    }

    fn given(&self) -> usize {
        self.given.load(Ordering::Relaxed)
    }
}

impl Read for Endless {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        for byte in to.iter_mut() {
            let at = self.given.fetch_add(1, Ordering::Relaxed);
            *byte = self.pattern[at % self.pattern.len()];
        }
        assert!(self.given() < 2_000_000, "it should have stopped long ago");
        Ok(to.len())
    }
}

#[test]
fn a_line_without_end_stops_early_in_bounded_memory() {
    for pattern in [&b"0123456789"[..], b"1, ", b"# ", b" ", b"\"", b"\xff"] {
        let endless = Endless::of(pattern);
        let mut found = None;
        let allocated = allocation_counter::measure(|| {
            found = Some(read_text(endless.clone(), &mut Vec::new()));
        });
        let stopped = matches!(
            found,
            Some(Err(Problem::Line { line: 1, what: LineProblem::TooLong { limit: 262_144 } }))
        );
        assert!(stopped, "{found:?} for {pattern:?}");
        assert!(endless.given() <= 262_144, "{} bytes were read", endless.given());
        assert!(allocated.bytes_max < 1 << 20, "{} bytes were allocated", allocated.bytes_max);
    }
}

#[test]
fn rows_without_end_that_are_damaged_stop_at_the_damage() {
    let problem = read_text(Endless::of(b"1, 2\n3\n"), &mut Vec::new()).unwrap_err();
    assert!(problem.to_string().starts_with("line 2: 1 column where"), "{problem}");
}

/// The layout is guessed from the first two lines wherever they stand.
#[test]
fn a_header_after_very_long_comments() {
    for padding in 262_080..262_160 {
        let comment = format!("#{}\n", "c".repeat(4094));
        let mut text = comment.repeat(padding / comment.len());
        text += &format!("#{}\n", "d".repeat(padding - text.len()));
        text += "time_ms, x\n0, 1\n5, 3\n10, 1\n";
        let recording = &read_text(bytes(&text), &mut Vec::new()).unwrap()[0].1;
        assert_eq!((recording.axes(), recording.rate_hz()), (1, Some(200.0)), "{padding}");
    }
}

#[test]
fn a_buffer_is_used_again() {
    let mut buffer = Vec::new();
    for _ in 0..3 {
        assert!(read_text(&b"9, 8, oops\n"[..], &mut buffer).is_err());
        let recording = &read_text(&b"1, 2\n3, 4"[..], &mut buffer).unwrap()[0].1;
        assert_eq!(recording.values(), [1.0, 3.0, 2.0, 4.0]);
    }
}

#[test]
fn a_source_that_fails_is_an_error() {
    struct Fails;
    impl Read for Fails {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(ErrorKind::PermissionDenied.into())
        }
    }
    let problem = read_text(b"1, 2\n".chain(Fails), &mut Vec::new()).unwrap_err();
    assert_eq!(problem.to_string(), "permission denied");
}
